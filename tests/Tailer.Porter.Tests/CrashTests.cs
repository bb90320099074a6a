using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Porter.Tests;

/// <summary>The porter dies at every change it makes to a disk, one after the other, and is started again.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TempDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Sealing_done_again_after_dying_anywhere_gives_the_same_objects()
    {
        IReadOnlyList<string> expected = await SealAsync("reference", diesAt: int.MaxValue, (_, text) => Assert.Equal(Text, text));
        Assert.Equal(3, expected.Count);
        bool died = true;
        int diesAt = 0;
        while (died)
        {
            diesAt++;
            IReadOnlyList<string> found = await SealAsync($"dies-{diesAt}", diesAt, (hasDied, text) =>
            {
                died = hasDied;
                Assert.Equal(Text, text);
            });
            Assert.Equal(expected, found);
        }
        Assert.InRange(diesAt, 20, 200);
    }

    [Fact]
    public async Task Recent_written_again_after_dying_anywhere_holds_each_line_once()
    {
        bool died = true;
        int diesAt = 0;
        while (died)
        {
            diesAt++;
            string place = folder.Sub($"recent-{diesAt}");
            DirectoryBuck[] bucks = Bucks(place);
            FakeTimeProvider clock = new(TestTimes.Start.AddSeconds(40));
            var disk = new DyingDisk(diesAt);
            using (var porter = new TestPorter(place, bucks, clock, disk))
            {
                try
                {
                    await porter.RecentAsync();
                }
                catch (IOException) when (disk.IsDead)
                {
                }
            }
            died = disk.IsDead;
            using var restarted = new TestPorter(place, bucks, clock);
            clock.Advance(TimeSpan.FromSeconds(40));
            await restarted.RecentAsync();
            Assert.Equal(Text, StoredEvent.Rebuild(restarted.Recent(), new TestAgent("web-1").Source()));
            Assert.Equal(TestTimes.At(70), restarted.Watermark);
        }
        Assert.InRange(diesAt, 10, 200);
    }

    private const string Text = "one\ntwo\nthree\nfour\n";

    /// <summary>Two packets of normal time and a stray, in two parts: three objects.</summary>
    private static DirectoryBuck[] Bucks(string place)
    {
        DirectoryBuck[] bucks = [.. Enumerable.Range(1, 3).Select(i => new DirectoryBuck($"buck-{i}", Path.Combine(place, $"buck-{i}")))];
        var agent = new TestAgent("web-1");
        DirectoryBuck.Spread(bucks, agent.Seal(5, "one\n", eventSeconds: 5 - 7200), agent.Seal(15, "two\nthree\n"), agent.Seal(25, "four\n"), agent.State(60));
        return bucks;
    }

    private async Task<IReadOnlyList<string>> SealAsync(string name, int diesAt, Action<bool, string> check)
    {
        string place = folder.Sub(name);
        DirectoryBuck[] bucks = Bucks(place);
        FakeTimeProvider clock = new(TestTimes.Start.AddMinutes(2));
        var disk = new DyingDisk(diesAt);
        using (var porter = new TestPorter(place, bucks, clock, disk, partBytes: 500))
        {
            try
            {
                await porter.Fleet.ListAsync(CancellationToken.None);
                await porter.ArchiveAsync();
            }
            catch (IOException) when (disk.IsDead)
            {
            }
        }
        using var restarted = new TestPorter(place, bucks, clock, partBytes: 500);
        await restarted.RunAsync();
        await restarted.RunForAsync(clock, 20);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(place, "sealing")));
        IReadOnlyList<string> objects = restarted.Objects();
        check(disk.IsDead, StoredEvent.Rebuild(restarted.Archived(), new TestAgent("web-1").Source()));
        await restarted.RunForAsync(clock, 60, step: 30);
        Assert.All(bucks, buck => Assert.Empty(buck.ListBucketsAsync(CancellationToken.None).Result));
        return objects;
    }
}
