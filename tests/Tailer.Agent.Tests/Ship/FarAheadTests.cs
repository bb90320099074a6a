using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests.Ship;

/// <summary>Packets sealed by a clock that was wrong by days, and bucks whose clocks are.</summary>
public sealed class FarAheadTests
{
    private static readonly Func<ulong> HourAhead = () => LogTime.Now(TimeProvider.System) + LogTime.PerHour;

    [Fact]
    public async Task What_a_clock_far_ahead_sealed_is_delivered_under_the_present_time_once_the_clock_is_right()
    {
        await using var rig = new ShipRig(2, bucketSeconds: 10);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow + TimeSpan.FromDays(30));
        rig.SpoolClock = clock;
        rig.OpenSpool();
        var ahead = new List<Packet>();
        for (int i = 0; i < 40; i++)
        {
            ahead.Add(rig.Write());
            clock.Advance(TimeSpan.FromSeconds(2));
            rig.Tick();
        }
        foreach (ListeningBuck buck in rig.Bucks)
            buck.TakesUntil = HourAhead;
        rig.Start();
        await rig.Connected(2);
        await Wait.For(() => rig.Counters.RefusedAhead >= ahead.Count, "all packets are refused");
        clock.AdjustTime(DateTimeOffset.UtcNow);
        Packet fresh = rig.Write();
        await Ticking(rig, clock, () => rig.Spool.Delivered == rig.Spool.End, "everything is delivered");

        Assert.Equal(0, rig.Counters.RefusedAhead);
        Assert.Equal(0, rig.Spool.UndeliveredBytes);
        Assert.All(ahead, packet => Assert.Equal(0, rig.CopiesOf(packet.Id)));
        Assert.Equal(2, rig.CopiesOf(fresh.Id));
        FrameHeader[] taken = [.. Taken(rig.Bucks[0])];
        Assert.Equal(ahead.Count + 1, taken.Length);
        Assert.Equal(ahead.Select(p => p.Header.Sources[0].From), taken.Where(h => h.Sources[0].MayRepeat).Select(h => h.Sources[0].From).Order());
        Assert.All(taken, header => Assert.True(header.SealedTime <= LogTime.Now(clock)));
        // Every packet that bucks have is named by a manifest that they have, and no other is; and no time is left out.
        Blocks.Manifest[] manifests = [.. rig.Bucks[0].Manifests.Where(m => rig.Bucks[0].Has(Packet.IdOf(m.ToArray()))).DistinctBy(m => m.Number)];
        Assert.Equal(rig.Bucks[0].Appends.Select(a => a.Id).Where(rig.Bucks[0].Has).Distinct().Order(), manifests.SelectMany(m => m.Packets).Distinct().Order());
        Assert.All(manifests, m => Assert.True(m.CoversTo <= LogTime.Now(clock) + LogTime.PerMinute));
    }

    [Fact]
    public async Task Where_clocks_merely_disagree_nothing_is_sealed_again_and_one_packet_at_a_time_asks()
    {
        await using var rig = new ShipRig(2);
        ulong allowed = LogTime.Now(TimeProvider.System) - LogTime.PerDay;
        foreach (ListeningBuck buck in rig.Bucks)
            buck.TakesUntil = () => Volatile.Read(ref allowed);
        rig.OpenSpool();
        Packet[] packets = [.. Enumerable.Range(0, 200).Select(_ => rig.Write())];
        rig.Start();
        await rig.Connected(2);
        await Wait.For(() => rig.Counters.RefusedAhead == 200 && rig.Counters.Owed == 200, "both bucks have refused all");
        Assert.True(rig.Shipper.ClocksDisagree);
        // From now on one at a time finds out, so that several that did are not several times two hundred.
        int before = rig.Bucks[0].Appends.Count();
        await Wait.For(() => rig.Bucks[0].Appends.Count() >= before + 4, "some ask again");
        rig.Tick();
        Assert.InRange(rig.Bucks[0].Appends.Count(), before + 4, before + 40);
        Assert.Equal(0, rig.Spool.SealedAgain);
        Volatile.Write(ref allowed, HourAhead());
        await rig.AllDelivered();
        Assert.All(packets, packet => Assert.Equal(2, rig.CopiesOf(packet.Id)));
        Assert.False(rig.Shipper.ClocksDisagree);
        Assert.Equal((0, 0), (rig.Counters.RefusedAhead, rig.Counters.Owed));
    }

    [Fact]
    public async Task What_one_buck_with_the_same_wrong_clock_took_is_sealed_again_for_the_other()
    {
        await using var rig = new ShipRig(2, bucketSeconds: 10);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow + TimeSpan.FromDays(30));
        rig.SpoolClock = clock;
        rig.Bucks[1].TakesUntil = HourAhead;
        rig.Start();
        await rig.Connected(2);
        // Only now: where the one that refuses is the first that is there, it is sealed again for both.
        Packet packet = rig.Write();
        await Wait.For(() => rig.CopiesOf(packet.Id) == 1 && rig.Counters.RefusedAhead == 1, "one takes it, one refuses it");
        clock.AdjustTime(DateTimeOffset.UtcNow);
        await Ticking(rig, clock, () => rig.Spool.Delivered == rig.Spool.End, "it is delivered");
        FrameHeader again = Assert.Single(Taken(rig.Bucks[1]));
        Assert.Equal((packet.Header.Sources[0].From, packet.Header.Sources[0].To, true), (again.Sources[0].From, again.Sources[0].To, again.Sources[0].MayRepeat));
    }

    /// <summary>What the reading thread does, until it came to what is waited for.</summary>
    private static Task Ticking(ShipRig rig, FakeTimeProvider clock, Func<bool> until, string because) => Wait.For(
        () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            rig.Tick();
            return until();
        },
        because);

    private static IEnumerable<FrameHeader> Taken(ListeningBuck buck) =>
        buck.Appends.Where(append => buck.Has(append.Id)).DistinctBy(append => append.Id).Select(append =>
        {
            Assert.Equal(FrameError.None, FrameHeader.TryReadFrame(append.Frame.Span, out FrameHeader? header));
            return header!;
        });
}
