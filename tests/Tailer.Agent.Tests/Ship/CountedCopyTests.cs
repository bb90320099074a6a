using Tailer.Blocks;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Agent.Tests.Ship;

/// <summary>Copy 0 is the one that counts in monitoring: who was asked for it before is said.</summary>
public sealed class CountedCopyTests
{
    [Fact]
    public async Task A_copy_0_that_was_not_acknowledged_is_sent_as_one_that_was_asked_for_before()
    {
        await using var rig = new ShipRig(3);
        rig.Options = rig.Options with { AckTimeout = TimeSpan.FromMilliseconds(300) };
        rig.Bucks[0].Hold();
        rig.Start();
        await rig.Connected(3);
        foreach (int _ in Enumerable.Range(0, 60))
            rig.Write();
        await rig.AllDelivered();

        List<Append> appends = [.. rig.Bucks.SelectMany(b => b.Appends)];
        HashSet<(PacketId, byte)> unanswered = [.. rig.Bucks[0].Appends.Select(a => (a.Id, a.Copy))];
        Assert.NotEmpty(unanswered);
        Assert.All(appends.GroupBy(a => (a.Id, a.Copy)), copies => Assert.Equal(copies.Count() - 1, copies.Count(WasAskedBefore)));
        Assert.All(rig.Bucks[1].Appends.Concat(rig.Bucks[2].Appends).Where(WasAskedBefore), a => Assert.Contains((a.Id, a.Copy), unanswered));
    }

    [Fact]
    public async Task What_a_process_before_may_have_sent_is_sent_as_asked_for_before_and_what_is_new_is_not()
    {
        await using var rig = new ShipRig(2);
        rig.OpenSpool();
        PacketId[] old = [.. Enumerable.Range(0, 5).Select(_ => rig.Write().Id)];
        await rig.Kill();
        rig.OpenSpool();
        rig.Start();
        await rig.Connected(2);
        PacketId[] fresh = [.. Enumerable.Range(0, 5).Select(_ => rig.Write().Id)];
        await rig.AllDelivered();

        List<Append> appends = [.. rig.Bucks.SelectMany(b => b.Appends)];
        Assert.All(appends.Where(a => old.Contains(a.Id)), a => Assert.True(WasAskedBefore(a)));
        Assert.All(appends.Where(a => fresh.Contains(a.Id)), a => Assert.False(WasAskedBefore(a)));
    }

    [Fact]
    public async Task A_packet_that_a_porter_misses_was_counted_and_is_not_sent_as_copy_0_again()
    {
        await using var rig = new ShipRig(2);
        rig.Start();
        await rig.Connected(2);
        Packet packet = rig.Write();
        await rig.AllDelivered();
        foreach (ListeningBuck buck in rig.Bucks)
            buck.Forget(packet.Id);
        await rig.Bucks[0].Ask(packet.Id);
        await Wait.For(() => rig.CopiesOf(packet.Id) == 2, "the packet is at both bucks again");

        Assert.Single(rig.Bucks.SelectMany(b => b.Appends), a => a.Copy == 0);
    }

    private static bool WasAskedBefore(Append append) => (append.Options & AppendOptions.AskedBefore) != 0;
}
