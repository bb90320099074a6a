using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Porter.Tests;

public sealed class PruneTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly FakeTimeProvider clock = new(TestTimes.Start);
    private readonly DirectoryBuck[] bucks;
    private readonly TestAgent agent = new("web-1");

    public PruneTests() => bucks = [.. Enumerable.Range(1, 3).Select(i => new DirectoryBuck($"buck-{i}", folder[$"buck-{i}"]))];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Bucks_drop_what_is_archived_after_the_grace_time()
    {
        Packet old = agent.Seal(5, "one\n");
        Manifest manifest = agent.State(60);
        Packet young = agent.Seal(130, "two\n");
        DirectoryBuck.Spread(bucks, old, manifest, young);
        using var porter = new TestPorter(folder.Path, bucks, clock);
        await porter.RunForAsync(clock, 150);
        Assert.Contains(bucks, buck => buck.Holds(old));
        await porter.RunForAsync(clock, 30);
        Assert.DoesNotContain(bucks, buck => buck.Holds(old));
        Assert.Contains(bucks, buck => buck.Holds(young));
    }

    [Fact]
    public async Task A_file_that_grew_is_archived_again_before_it_goes()
    {
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\n"), agent.State(60));
        using var porter = new TestPorter(folder.Path, bucks, clock);
        await porter.RunForAsync(clock, 140);
        Packet late = agent.Seal(6, "two\n");
        foreach (DirectoryBuck buck in bucks)
            buck.Append(late);
        await porter.RunForAsync(clock, 20);
        Assert.All(bucks, buck => Assert.True(buck.Holds(late)));
        await porter.RunForAsync(clock, 60);
        Assert.DoesNotContain(bucks, buck => buck.Holds(late));
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_pruned_is_kept()
    {
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\n"), agent.State(60));
        using var porter = new TestPorter(folder.Path, bucks, clock);
        await porter.RunForAsync(clock, 150);
        FleetListing listing = await porter.Fleet.ListAsync(CancellationToken.None);
        Packet late = agent.Seal(6, "two\n");
        bucks[0].Append(late);
        clock.Advance(TimeSpan.FromSeconds(60));
        await porter.ArchiveAsync(listing);
        Assert.True(bucks[0].Holds(late));
        await porter.RunForAsync(clock, 90);
        Assert.False(bucks[0].Holds(late));
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Recent(), agent.Source()));
    }

    [Fact]
    public async Task A_buck_that_was_down_is_pruned_when_it_is_back()
    {
        Packet packet = agent.Seal(5, "one\n");
        DirectoryBuck.Spread(bucks, packet, agent.State(60));
        bucks[0].IsDown = true;
        using var porter = new TestPorter(folder.Path, bucks, clock);
        await porter.RunForAsync(clock, 240);
        Assert.True(bucks[0].Holds(packet));
        Assert.False(bucks[1].Holds(packet));
        bucks[0].IsDown = false;
        await porter.RunForAsync(clock, 60);
        Assert.False(bucks[0].Holds(packet));
        Assert.Single(porter.Objects());
    }

    [Fact]
    public async Task What_cannot_be_decoded_stays_and_does_not_hold_up_the_rest()
    {
        Packet good = agent.Seal(5, "one\n");
        Packet bad = Undecodable(agent.Seal(15, "two\n"));
        DirectoryBuck.Spread(bucks, good, bad);
        using var porter = new TestPorter(folder.Path, bucks, clock);
        await porter.RunForAsync(clock, 800);
        Assert.DoesNotContain(bucks, buck => buck.Holds(good));
        Assert.Contains(bucks, buck => buck.Holds(bad));
        Assert.Equal("one\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
    }

    /// <summary>A whole frame whose block is of a codec nobody knows.</summary>
    private static Packet Undecodable(Packet packet)
    {
        byte[] frame = packet.Frame.ToArray();
        frame[packet.Header.HeaderBytes] = 99;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(frame.Length - 4), Crc32C.Compute(packet.Header.Payload(frame)));
        return Packet.TryRead(frame, out _)!;
    }
}
