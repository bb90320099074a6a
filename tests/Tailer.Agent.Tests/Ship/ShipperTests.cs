using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Agent.Tests.Ship;

/// <summary>Shipping over real connections to the real listener, looked at from the bucks' side.</summary>
public sealed class ShipperTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_packet_reaches_as_many_bucks_as_its_class_asks_for_each_with_its_own_copy_number(int copies)
    {
        await using var rig = new ShipRig(3);
        rig.Start();
        await rig.Connected(3);
        Packet[] packets = [.. Enumerable.Range(0, 40).Select(_ => rig.Write(delivery: new DeliverySettings(copies, FsyncBeforeAck: copies == 2)))];
        await rig.AllDelivered();
        foreach (Packet packet in packets)
        {
            Append[] appends = [.. rig.Bucks.SelectMany(b => b.Appends).Where(a => a.Id == packet.Id)];
            Assert.Equal(copies, appends.Length);
            Assert.Equal(Enumerable.Range(0, copies), appends.Select(a => (int)a.Copy).Order());
            Assert.All(appends, a => Assert.Equal(copies, a.Targets));
            Assert.All(appends, a => Assert.Equal(copies == 2 ? AppendOptions.FsyncBeforeAck : AppendOptions.None, a.Options));
            Assert.All(appends, a => Assert.True(a.Frame.Span.SequenceEqual(packet.Frame.Span)));
        }
        Assert.Equal(40, rig.Counters.DeliveredPackets);
        Assert.All(rig.Bucks, buck => Assert.True(buck.Stored > 0));
    }

    [Fact]
    public async Task Copies_go_to_different_zones_and_to_the_same_when_only_that_one_is_there()
    {
        // Where the machine stands still for half a second a buck looks slow, and to leave it aside goes before zones: that says nothing, and is done again.
        bool isTold = false;
        for (int attempt = 0; attempt < 10 && !isTold; attempt++)
        {
            await using var rig = new ShipRig(4, ["a", "a", "b", "b"]);
            rig.Start();
            await rig.Connected(4);
            // Enough that links have no room at times, which is no reason to put both copies into one zone.
            Packet[] packets = [.. Enumerable.Range(0, 600).Select(_ => rig.Write())];
            await rig.AllDelivered();
            isTold = rig.Counters.SetAside == 0;
            if (isTold)
                Assert.All(packets, p => Assert.Equal((1, 1), (rig.Bucks[..2].Count(b => b.Has(p.Id)), rig.Bucks[2..].Count(b => b.Has(p.Id)))));
            await rig.Bucks[2].Stop();
            await rig.Bucks[3].Stop();
            await rig.Connected(2);
            Packet last = rig.Write();
            await rig.AllDelivered();
            Assert.True(rig.Bucks[0].Has(last.Id) && rig.Bucks[1].Has(last.Id));
        }
        Assert.True(isTold, "a buck looked slow each time");
    }

    [Fact]
    public async Task A_buck_that_never_answers_holds_up_a_bounded_number_of_packets_and_no_others()
    {
        await using var rig = new ShipRig(3);
        rig.Start();
        await rig.Connected(3);
        rig.Bucks[2].Hold();
        Packet[] packets = [.. Enumerable.Range(0, 400).Select(_ => rig.Write())];
        await Wait.For(() => rig.Counters.DeliveredPackets >= 400 - 16, "all packets but those at the buck that hangs are delivered");
        Assert.InRange(rig.Shipper.InFlight, 0, 16);
        Assert.True(rig.Bucks[2].Received.Count <= 16);
        Assert.True(rig.Spool.Delivered < rig.Spool.End);
        rig.Bucks[2].Release();
        await rig.AllDelivered();
        Assert.All(packets, p => Assert.Equal(2, rig.CopiesOf(p.Id)));
    }

    [Fact]
    public async Task A_late_answer_means_another_buck_and_is_not_counted_twice()
    {
        await using var rig = new ShipRig(3);
        rig.Options = rig.Options with { AckTimeout = TimeSpan.FromMilliseconds(300) };
        rig.Bucks[0].Hold();
        rig.Start();
        await rig.Connected(3);
        Packet[] packets = [.. Enumerable.Range(0, 30).Select(_ => rig.Write())];
        await rig.AllDelivered();
        Assert.All(packets, p => Assert.True(rig.Bucks[1].Has(p.Id) && rig.Bucks[2].Has(p.Id)));
        Assert.Contains(rig.Bucks[0].Appends, a => packets.Any(p => p.Id == a.Id));
        Assert.True(rig.Counters.Retries > 0);
        Assert.Equal(30, rig.Counters.DeliveredPackets);
        // The answers come now, for packets that others have: nothing more comes of them.
        rig.Bucks[0].Release();
        Packet last = rig.Write();
        await rig.AllDelivered();
        Assert.Equal(31, rig.Counters.DeliveredPackets);
        Assert.True(rig.CopiesOf(last.Id) >= 2);
    }

    [Fact]
    public async Task With_two_bucks_of_which_one_answers_late_a_packet_is_delivered_when_both_have_it_and_never_before()
    {
        await using var rig = new ShipRig(2);
        rig.Options = rig.Options with { AckTimeout = TimeSpan.FromMilliseconds(300) };
        rig.Bucks[1].Hold();
        rig.Start();
        await rig.Connected(2);
        Packet packet = rig.Write();
        await Wait.For(() => rig.Counters.Owed == 1, "one buck has the packet, the other did not answer");
        Assert.NotEqual(rig.Spool.End, rig.Spool.Delivered);
        Assert.Equal(0, rig.Counters.DeliveredPackets);
        rig.Bucks[1].Release();
        await rig.AllDelivered();
        // The same packet, said to be a repeat, is one copy, not two.
        Assert.True(rig.Bucks[1].Appends.Count(a => a.Id == packet.Id) >= 2);
        Assert.Single(rig.Bucks[0].Appends, a => a.Id == packet.Id);
        Assert.Equal([0, 1], rig.Bucks.SelectMany(b => b.Appends).Select(a => (int)a.Copy).Distinct().Order());
        Assert.Equal(1, rig.Counters.DeliveredPackets);
    }

    [Fact]
    public async Task Packets_that_every_buck_refuses_hold_up_no_others_and_are_given_up_with_their_ranges_when_old()
    {
        await using var rig = new ShipRig(2);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow - TimeSpan.FromDays(3));
        rig.SpoolClock = clock;
        rig.OpenSpool();
        Packet refused = rig.Write();
        foreach (ListeningBuck buck in rig.Bucks)
            buck.Refuse = header => header.Number == refused.Header.Number ? new Nack(default, NackReason.WrongAgent, TimeSpan.Zero, "no") : null;
        rig.Options = rig.Options with { RefusedAgeMax = TimeSpan.FromDays(30) };
        rig.Start();
        await rig.Connected(2);
        for (int i = 0; i < 100; i++)
            rig.Write();
        await Wait.For(() => rig.Counters.DeliveredPackets == 100, "the others are delivered");
        Assert.Equal(default, rig.Spool.Delivered);
        await Wait.For(() => rig.Counters.Refused >= 2, "both bucks have refused it");
        await rig.Kill();

        rig.Options = rig.Options with { RefusedAgeMax = TimeSpan.FromDays(1) };
        rig.OpenSpool();
        rig.Start();
        await rig.AllDelivered();
        clock.Advance(TimeSpan.FromMinutes(2));
        rig.Tick();
        await Wait.For(() => rig.Bucks[0].Manifests.Any(m => m.Sources.Any(s => s.Skips.Count > 0)), "a manifest says what was given up");
        SourceRange range = refused.Header.Sources[0];
        Assert.Contains(new Skip(range.From, range.To, SkipReason.SpoolLost), rig.Bucks[0].Manifests.SelectMany(m => m.Sources).SelectMany(s => s.Skips));
    }

    [Fact]
    public async Task Both_bucks_killed_at_once_get_everything_when_they_are_back()
    {
        await using var rig = new ShipRig(2);
        rig.Start();
        await rig.Connected(2);
        var packets = new List<Packet>();
        for (int round = 0; round < 3; round++)
        {
            packets.AddRange(Enumerable.Range(0, 100).Select(_ => rig.Write()));
            await Task.WhenAll(rig.Bucks.Select(b => b.Stop()));
            packets.AddRange(Enumerable.Range(0, 100).Select(_ => rig.Write()));
            foreach (ListeningBuck buck in rig.Bucks)
                buck.Restart();
        }
        await rig.AllDelivered();
        Assert.All(packets, p => Assert.Equal(2, rig.CopiesOf(p.Id)));
        Assert.Equal(0, rig.Spool.UndeliveredBytes);
    }

    /// <summary>A day's backlog by the clock of the spool: what is sealed now is delivered long before the backlog is.</summary>
    [Fact]
    public async Task New_packets_overtake_a_backlog_and_a_restart_in_the_middle_sends_nothing_twice()
    {
        await using var rig = new ShipRig(2);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow - TimeSpan.FromDays(1));
        rig.SpoolClock = clock;
        rig.OpenSpool();
        var backlog = new List<Packet>();
        for (int i = 0; i < 60; i++)
        {
            backlog.AddRange(Enumerable.Range(0, 10).Select(_ => rig.Write(2000)));
            clock.Advance(TimeSpan.FromDays(1) / 60);
            rig.Tick();
        }
        // The bucks answer nothing of the backlog but what the window holds, until the new packets were sent.
        foreach (ListeningBuck buck in rig.Bucks)
            buck.Hold();
        rig.Start();
        var held = new HashSet<PacketId>(backlog.Select(p => p.Id));
        await rig.Connected(2);
        await Wait.For(() => rig.Counters.Overtakes > 0, "shipping has seen that it is behind");
        Packet[] fresh = [.. Enumerable.Range(0, 20).Select(_ => rig.Write())];
        foreach (ListeningBuck buck in rig.Bucks)
            buck.Release();
        await rig.AllDelivered();
        foreach (ListeningBuck buck in rig.Bucks)
        {
            PacketId[] order = [.. buck.Appends.Select(a => a.Id)];
            int lastFresh = Array.FindLastIndex(order, id => fresh.Any(p => p.Id == id));
            int before = order[..lastFresh].Count(held.Contains);
            // What is under way when they come, and one in each turn; a buck that gets little of the processor answers for more of them first.
            Assert.True(before < backlog.Count / 2, $"{before} packets of the backlog went before the last new one");
            Assert.Equal(order.Distinct().Count(), order.Length);
        }
        Assert.Empty(rig.Spool.Progress.Ahead);
        Assert.Equal(0, rig.Spool.UndeliveredBytes);
    }

    [Fact]
    public async Task What_overtook_is_not_sent_again_after_a_restart()
    {
        await using var rig = new ShipRig(2);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow - TimeSpan.FromDays(1));
        rig.SpoolClock = clock;
        rig.OpenSpool();
        PacketId[] backlog = [.. Enumerable.Range(0, 300).Select(_ => rig.Write(2000).Id)];
        rig.Bucks[0].Refuse = rig.Bucks[1].Refuse = header => header.Sources[0].To < rig.Position && backlog.Length > 0 && Array.IndexOf(backlog, default) < 0 && header.Number < 300 && header.Number % 3 == 1
            ? new Nack(default, NackReason.BucketTimeOutside, TimeSpan.Zero, "not yet")
            : null;
        rig.Start();
        await rig.Connected(2);
        await Wait.For(() => rig.Counters.Overtakes > 0, "shipping has seen that it is behind");
        PacketId[] fresh = [.. Enumerable.Range(0, 20).Select(_ => rig.Write().Id)];
        await Wait.For(() => fresh.All(id => rig.CopiesOf(id) == 2) && rig.Spool.Progress.Ahead.Count > 0, "new packets are delivered ahead of refused ones");
        await Wait.For(() => rig.Spool.Progress.Ahead[^1].To == rig.Spool.End, "all of them");
        clock.Advance(TimeSpan.FromSeconds(3));
        rig.Tick();
        await rig.Kill();
        foreach (ListeningBuck buck in rig.Bucks)
        {
            buck.Received.Clear();
            buck.Refuse = null;
        }
        rig.OpenSpool();
        Assert.NotEmpty(rig.Spool.Progress.Ahead);
        rig.Start();
        await rig.AllDelivered();
        Assert.All(backlog, id => Assert.Equal(2, rig.CopiesOf(id)));
        Assert.DoesNotContain(rig.Bucks.SelectMany(b => b.Appends), a => fresh.Contains(a.Id));
    }

    [Fact]
    public async Task A_porter_gets_what_it_misses_from_the_spool()
    {
        await using var rig = new ShipRig(2);
        rig.Start();
        await rig.Connected(2);
        Packet[] packets = [.. Enumerable.Range(0, 20).Select(_ => rig.Write())];
        await rig.AllDelivered();
        foreach (ListeningBuck buck in rig.Bucks)
            buck.Forget(packets[3].Id);
        await rig.Bucks[0].Ask(packets[3].Id, new PacketId(UInt128.MaxValue));
        await Wait.For(() => rig.CopiesOf(packets[3].Id) == 2, "the packet is at both bucks again");
        Assert.Equal(1, rig.Counters.Wanted);
        Assert.Equal(rig.Spool.End, rig.Spool.Delivered);
    }

    [Fact]
    public async Task Manifests_go_to_as_many_bucks_as_asked_for_each_with_the_one_before_also_when_idle_and_after_a_restart()
    {
        await using var rig = new ShipRig(3, bucketSeconds: 10);
        var clock = new FakeTimeProvider(LogTime.ToDateTimeOffset(LogTime.Floor(LogTime.Now(TimeProvider.System), LogTime.PerMinute)) - TimeSpan.FromMinutes(5));
        rig.SpoolClock = clock;
        rig.Options = rig.Options with { ManifestCopies = 3 };
        rig.Start();
        await rig.Connected(3);
        rig.Write();
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            rig.Tick();
            await rig.AllDelivered();
        }
        clock.Advance(TimeSpan.FromSeconds(3));
        rig.Tick();
        await rig.Kill();
        rig.OpenSpool();
        rig.Start();
        await rig.Connected(3);
        clock.Advance(TimeSpan.FromSeconds(10));
        rig.Tick();
        await rig.AllDelivered();
        foreach (ListeningBuck buck in rig.Bucks)
        {
            Blocks.Manifest[] manifests = [.. buck.Manifests];
            Assert.Equal(4, manifests.Select(m => m.CoversTo).Distinct().Count());
            // Each but the last came twice: by itself, and with the next one.
            Assert.All(manifests.GroupBy(m => m.CoversTo).OrderBy(g => g.Key).SkipLast(1), g => Assert.Equal(2, g.Count()));
        }
    }

    [Fact]
    public async Task At_a_buckets_end_whole_classes_are_copied_to_one_more_buck_and_others_are_not()
    {
        await using var rig = new ShipRig(3, bucketSeconds: 1);
        rig.Options = rig.Options with { CopiesWholeBuckets = true };
        rig.Start();
        await rig.Connected(3);
        Packet[] whole = [.. Enumerable.Range(0, 10).Select(_ => rig.Write(delivery: new DeliverySettings(1, BoundaryCopy: BoundaryCopy.Whole)))];
        Packet[] off = [.. Enumerable.Range(0, 10).Select(_ => rig.Write(delivery: new DeliverySettings(1, BoundaryCopy: BoundaryCopy.Off)))];
        Packet[] unacked = [.. Enumerable.Range(0, 10).Select(_ => rig.Write(delivery: new DeliverySettings(1)))];
        Append[] Copies() => [.. rig.Bucks.SelectMany(b => b.Appends).Where(a => a.Options.HasFlag(AppendOptions.BoundaryCopy))];
        await Wait.For(
            () =>
            {
                rig.Tick();
                return Copies().Length >= 10;
            },
            "the bucket has ended and was copied");
        await rig.AllDelivered();
        Assert.Equal(whole.Select(p => p.Id).Order(), Copies().Select(a => a.Id).Distinct().Order());
        Assert.Single(rig.Bucks, b => b.Appends.Any(a => a.Options.HasFlag(AppendOptions.BoundaryCopy)));
        Assert.All([.. off, .. unacked], p => Assert.Equal(1, rig.CopiesOf(p.Id)));
    }

    [Fact]
    public async Task A_bucket_that_ended_while_the_agent_was_down_is_copied_whole_after_the_start()
    {
        await using var rig = new ShipRig(3, bucketSeconds: 1);
        rig.Options = rig.Options with { CopiesWholeBuckets = true };
        rig.Start();
        await rig.Connected(3);
        Packet[] whole = [.. Enumerable.Range(0, 5).Select(_ => rig.Write(delivery: new DeliverySettings(1, BoundaryCopy: BoundaryCopy.Whole)))];
        await rig.AllDelivered();
        await rig.Kill();
        foreach (ListeningBuck buck in rig.Bucks)
            buck.Received.Clear();
        await Wait.For(() => LogTime.Now(TimeProvider.System) > whole[^1].Header.Bucket + LogTime.PerSecond, "its bucket has ended");
        rig.OpenSpool();
        rig.Start();
        await rig.Connected(3);
        Append[] Copies() => [.. rig.Bucks.SelectMany(b => b.Appends).Where(a => a.Options.HasFlag(AppendOptions.BoundaryCopy))];
        await Wait.For(
            () =>
            {
                rig.Tick();
                return Copies().Select(a => a.Id).Distinct().Count() >= whole.Length;
            },
            "what was sealed before the start was copied");
        Assert.Equal(whole.Select(p => p.Id).Order(), Copies().Select(a => a.Id).Distinct().Order());
    }

    [Theory]
    [InlineData(BoundaryCopy.Unacked, true)]
    [InlineData(BoundaryCopy.Off, false)]
    public async Task At_a_buckets_end_one_more_buck_is_asked_for_what_is_not_delivered(BoundaryCopy boundary, bool isAsked)
    {
        await using var rig = new ShipRig(3, bucketSeconds: 1);
        foreach (ListeningBuck buck in rig.Bucks)
            buck.Hold();
        rig.Start();
        await rig.Connected(3);
        Packet packet = rig.Write(delivery: new DeliverySettings(2, BoundaryCopy: boundary));
        Packet marker = rig.Write(delivery: new DeliverySettings(2));
        int Asked(Packet p) => rig.Bucks.Count(b => b.Appends.Any(a => a.Id == p.Id));
        await Wait.For(() => Asked(marker) == 3 && (!isAsked || Asked(packet) == 3), "the third buck is asked for the one of class unacked");
        Assert.Equal(isAsked ? 3 : 2, Asked(packet));
        Assert.Equal(isAsked ? 2 : 1, rig.Counters.BoundaryCopies);
    }
}
