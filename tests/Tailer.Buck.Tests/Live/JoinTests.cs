using System.Text;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>Viewers and counters while disks hang, and while buckets are opened.</summary>
public sealed class JoinTests
{
    private readonly Packets packets = new();
    private readonly ulong now = Packets.Now;
    private readonly Packets seconds = new(bucketSeconds: 1);

    [Fact]
    public async Task A_write_that_hangs_holds_up_no_viewer_no_other_disk_and_no_saving_of_counters()
    {
        var test = new SimulatedDisks(2);
        using TempDirectory directory = new();
        var book = new CounterBook([new CounterOptions("all", Query.Everything, [])]);
        using var journal = new CounterJournal(Tailer.Disk.SystemDisk.Instance, directory.Path);
        journal.Turn(journal.Open());
        using var feed = test.Feed(new CounterIntake(book, journal));
        await feed.StartAsync(CancellationToken.None);
        Packet hanging = test.MakeFor(packets, 0, now);
        Assert.Equal(StoreOutcome.Stored, (await ShowAsync(feed, test.MakeFor(packets, 0, now))).Outcome);
        using var hang = test.Hang(0, DiskOperation.Write);
        Task<StoreResult> slow = Task.Factory.StartNew(() => ShowAsync(feed, hanging), TaskCreationOptions.LongRunning).Unwrap();
        await Wait.For(() => hang.Hanging == 1, "the write hangs");

        Viewer viewer = feed.Join(Query.Everything, LiveFormat.Text, out StoreMark mark);
        for (int i = 0; i < 50; i++)
            Assert.Equal(StoreOutcome.Stored, (await ShowAsync(feed, test.MakeFor(packets, 1, now)).WaitAsync(TimeSpan.FromSeconds(30))).Outcome);
        SavedCounters saved = await feed.SaveCountersAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Task<StoreResult> behind = Task.Run(() => ShowAsync(feed, test.MakeFor(packets, 0, now)));

        Assert.False(slow.IsCompleted || behind.IsCompleted);
        Assert.Equal(1, mark.Ends.Values.Sum(end => end.Records));
        Assert.Equal(51, saved.Counters[0].Series.Sum(s => s.Count));
        hang.Release();
        Assert.Equal(StoreOutcome.Stored, (await slow).Outcome);
        Assert.Equal(StoreOutcome.Stored, (await behind).Outcome);
        await Wait.For(() => feed.IsIdle, "all is shown");
        Assert.Equal(53, (await feed.SaveCountersAsync(CancellationToken.None)).Counters[0].Series.Sum(s => s.Count));
        feed.Leave(viewer);
        await feed.StopAsync(CancellationToken.None);
    }

    /// <summary>The minute changes, files are opened and closed, several disks: each line is in the backlog or live.</summary>
    [Fact]
    public async Task Between_backlog_and_live_is_no_seam_while_buckets_of_several_disks_are_opened_and_closed()
    {
        await using var test = new TestStore(diskCount: 3);
        await test.Feed.StartAsync(CancellationToken.None);
        using var done = new CancellationTokenSource();
        int next = 0;
        Task writing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                // A new bucket with each ninth packet, and more of them than are held open.
                ulong bucket = now + ((ulong)(next / 9) * LogTime.PerSecond);
                Packet packet = seconds.Make([$"{next}"], bucket);
                Assert.True((await test.AppendAndShowAsync(packet)).IsHere);
                Interlocked.Increment(ref next);
            }
        });
        for (int round = 0; round < 30; round++)
        {
            int from = Volatile.Read(ref next);
            await Wait.For(() => Volatile.Read(ref next) > from + 30, "more packets are written than the backlog asks for");
            Viewer viewer = test.Feed.Join(Query.Everything, LiveFormat.Text, out StoreMark mark);
            // So late that much has been opened since.
            await Wait.For(() => Volatile.Read(ref next) > from + 60, "packets are written after the mark");
            var seen = new List<int>();
            using var backlog = new Backlog(test.Store, test.Catalog);
            await foreach (LiveItem item in backlog.ReadAsync(mark, new LiveRequest(Query.Everything, LiveFormat.Text, 25, 0), CancellationToken.None))
                seen.AddRange(Numbers(item));
            int backlogLines = seen.Count;
            while (seen.Count < backlogLines + 30 && await viewer.ReadAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30)) is { } item)
                seen.AddRange(Numbers(item));
            test.Feed.Leave(viewer);

            Assert.Equal(25, backlogLines);
            Assert.Equal(Enumerable.Range(seen[0], seen.Count), seen);
        }
        await done.CancelAsync();
        await writing;
    }

    private static IEnumerable<int> Numbers(LiveItem item)
    {
        Assert.Null(item.Notice);
        string text = string.Concat(item.Unit!.Parts.Select(part => Encoding.UTF8.GetString(part.Span)));
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
    }

    private static Task<StoreResult> ShowAsync(LiveFeed feed, Packet packet) =>
        feed.AppendAndShowAsync(TestStore.KeyOf(packet), packet.Id, packet.Header, packet.Frame, show: true, Counting.Yes).AsTask();
}
