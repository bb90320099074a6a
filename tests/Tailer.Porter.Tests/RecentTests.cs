using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Porter.Tests;

public sealed class RecentTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly FakeTimeProvider clock = new(TestTimes.Start);
    private readonly DirectoryBuck[] bucks;
    private readonly TestAgent agent = new("web-1");

    public RecentTests() => bucks = [.. Enumerable.Range(1, 3).Select(i => new DirectoryBuck($"buck-{i}", folder[$"buck-{i}"]))];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_bucket_is_indexed_one_bucket_time_after_it_closes()
    {
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\n"));
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(19));
        await porter.RecentAsync();
        Assert.Empty(porter.Recent());
        clock.Advance(TimeSpan.FromSeconds(1));
        await porter.RecentAsync();
        Assert.Equal("one\n", Assert.Single(porter.Recent()).Text);
        Assert.Equal(TestTimes.At(10), porter.Watermark);
    }

    [Fact]
    public async Task The_watermark_moves_also_when_nothing_was_written()
    {
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(45));
        await porter.RecentAsync();
        Assert.Equal(TestTimes.At(30), porter.Watermark);
    }

    [Fact]
    public async Task Without_any_buck_the_watermark_stays()
    {
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(45));
        await porter.RecentAsync();
        foreach (DirectoryBuck buck in bucks)
            buck.IsDown = true;
        clock.Advance(TimeSpan.FromSeconds(45));
        await porter.RecentAsync();
        Assert.Equal(TestTimes.At(30), porter.Watermark);
    }

    [Fact]
    public async Task What_a_buck_brings_after_it_was_down_is_added()
    {
        Packet here = agent.Seal(5, "one\n");
        Packet there = agent.Seal(6, "two\n");
        bucks[0].Append(here);
        bucks[1].Append(here);
        bucks[1].Append(there);
        bucks[1].IsDown = true;
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(30));
        await porter.RecentAsync();
        Assert.Equal("one\n", StoredEvent.Rebuild(porter.Recent(), agent.Source()));
        Assert.Equal(TestTimes.At(20), porter.Watermark);

        bucks[1].IsDown = false;
        await porter.RecentAsync();
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Recent(), agent.Source()));
    }

    [Fact]
    public async Task A_restart_lists_again_and_indexes_nothing_twice()
    {
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\n"), agent.Seal(15, "two\n"), agent.Seal(25, "three\n"));
        clock.Advance(TimeSpan.FromSeconds(50));
        using (TestPorter porter = NewPorter())
            await porter.RecentAsync();
        int reads = bucks.Sum(buck => buck.ReadRequests);
        using TestPorter restarted = NewPorter();
        await restarted.RecentAsync();
        Assert.Equal("one\ntwo\nthree\n", StoredEvent.Rebuild(restarted.Recent(), agent.Source()));
        Assert.Equal(reads, bucks.Sum(buck => buck.ReadRequests));
    }

    [Fact]
    public async Task Lines_read_again_after_lost_state_are_indexed_once()
    {
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\ntwo\n"), agent.Seal(15, "one\ntwo\nthree\n", offset: 0, mayRepeat: true));
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(50));
        await porter.RecentAsync();
        Assert.Equal("one\ntwo\nthree\n", StoredEvent.Rebuild(porter.Recent(), agent.Source()));
    }

    [Fact]
    public async Task The_watermark_does_not_pass_a_bucket_that_breaks_off_while_it_is_read()
    {
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\n"));
        Packet only = agent.Seal(15, "two\n");
        bucks[0].Append(only);
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(50));
        FleetListing listing = await porter.Fleet.ListAsync(CancellationToken.None);
        bucks[0].IsDown = true;
        await porter.RecentAsync(listing);
        Assert.Equal(TestTimes.At(0), porter.Watermark);
        bucks[0].IsDown = false;
        await porter.RecentAsync();
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Recent(), agent.Source()));
        Assert.Equal(TestTimes.At(40), porter.Watermark);
    }

    [Fact]
    public async Task A_packet_damaged_everywhere_holds_the_watermark_up_for_a_few_rounds_only()
    {
        Packet packet = agent.Seal(5, "one\n");
        bucks[0].Append(packet);
        bucks[0].Damage(packet);
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(30));
        await porter.RecentAsync();
        Assert.Equal(0UL, porter.Watermark - TestTimes.At(0));
        for (int i = 0; i < 5; i++)
            await porter.RecentAsync();
        Assert.Equal(TestTimes.At(20), porter.Watermark);
        // Another copy that comes later is taken.
        bucks[1].Append(packet);
        await porter.RecentAsync();
        Assert.Equal("one\n", StoredEvent.Rebuild(porter.Recent(), agent.Source()));
    }

    [Fact]
    public async Task What_is_older_than_the_retention_is_dropped_and_not_indexed_again()
    {
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\n"));
        using (TestPorter porter = NewPorter())
        {
            clock.Advance(TimeSpan.FromSeconds(50));
            await porter.RecentAsync();
            Assert.Single(porter.Recent());
            clock.Advance(TimeSpan.FromDays(1));
            await porter.RecentAsync();
            Assert.Empty(porter.Recent());
        }
        using TestPorter restarted = NewPorter();
        await restarted.RecentAsync();
        Assert.Empty(restarted.Recent());
    }

    private TestPorter NewPorter() => new(folder.Path, bucks, clock);
}
