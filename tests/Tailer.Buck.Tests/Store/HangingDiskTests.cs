using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>Disks that neither do what they are asked for nor fail.</summary>
public sealed class HangingDiskTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    private readonly Packets packets = new();

    /// <summary>All in one bucket, also when a minute ends meanwhile.</summary>
    private readonly ulong now = Packets.Now;

    [Fact]
    public async Task A_write_that_hangs_sets_the_disk_aside_and_its_sender_is_told_while_the_thread_is_left_to_it()
    {
        var test = new SimulatedDisks(2, Limit);
        test.Append(test.MakeFor(packets, 0, now));
        using DiskHang hang = test.Hang(0, DiskOperation.Write);
        Packet packet = test.MakeFor(packets, 0, now);
        string? told = null;
        Task<StoreResult> stuck = OnThread(() => test.Store.AppendAsync(Record(packet, text => told = text)));
        await Wait.For(() => hang.Hanging == 1, "the write hangs");
        Task<StoreResult> behind = OnThread(() => test.AppendAsync(test.MakeFor(packets, 0, now)));

        await Watch(test, () => told is not null, "the sender is told");
        Assert.False(test.Store.Disks[0].IsThere);
        Assert.Contains("takes longer than 0.2 s", test.Store.Disks[0].Trouble, StringComparison.Ordinal);
        Assert.Equal(1, test.IndexOf((await behind.WaitAsync(TimeSpan.FromSeconds(30))).Disk!));
        Assert.Equal(1, test.IndexOf((await test.AppendAsync(packet)).Disk!));
        Assert.False(stuck.IsCompleted);

        // It must not come back while the write may still happen.
        Assert.Contains("takes longer", test.Loops[0].TryReturn(), StringComparison.Ordinal);
        hang.Release();
        Assert.Equal(StoreOutcome.DiskFailed, (await stuck.WaitAsync(TimeSpan.FromSeconds(30))).Outcome);
        Assert.Null(test.Return(0));
        Assert.Equal(StoreOutcome.Repeat, (await test.AppendAsync(packet)).Outcome);
        Packet next = test.MakeFor(packets, 0, now);
        Assert.Equal(0, test.IndexOf((await test.AppendAsync(next)).Disk!));
        Assert.Contains((next.Id, 0), test.Stored());
        Assert.Contains((packet.Id, 1), test.Stored());
    }

    /// <summary>The write is done after all, behind the backs of all who went on.</summary>
    [Fact]
    public async Task What_a_given_up_write_leaves_in_the_file_is_a_repeat_and_hides_nothing()
    {
        var test = new SimulatedDisks(1, Limit);
        Packet first = packets.Make(["first"], now), late = packets.Make(["late"], now), next = packets.Make(["next"], now);
        test.Append(first);
        // The write itself is quick, and what cuts it away again fails: so it stays in the file.
        using DiskHang hang = test.Hang(0, DiskOperation.Write);
        Task<StoreResult> stuck = OnThread(() => test.AppendAsync(late));
        await Wait.For(() => hang.Hanging == 1, "the write hangs");
        await Watch(test, () => !test.Store.Disks[0].IsThere, "the disk is set aside");
        Assert.Equal(StoreOutcome.DiskFailed, (await test.AppendAsync(next)).Outcome);
        test.Faulty[0].Counts = (operation, _) => operation == DiskOperation.SetLength;
        test.Faulty[0].Break();
        hang.Release();
        Assert.Equal(StoreOutcome.DiskFailed, (await stuck).Outcome);
        test.Faulty[0].Counts = null;

        Assert.Null(test.Return(0));
        Assert.Equal(StoreOutcome.Repeat, (await test.AppendAsync(late)).Outcome);
        Assert.Equal(StoreOutcome.Stored, (await test.AppendAsync(next)).Outcome);
        Assert.Equal(StoreOutcome.Repeat, (await test.AppendAsync(first)).Outcome);
        test.Loops[0].SyncOnce();
        test.Memory[0].LosePower();
        test.Start();
        Assert.Equal([(first.Id, 0), (late.Id, 0), (next.Id, 0)], test.Stored());
    }

    [Fact]
    public async Task A_sync_that_hangs_fails_who_waits_for_it_and_who_comes_later()
    {
        var test = new SimulatedDisks(2, Limit);
        test.Append(test.MakeFor(packets, 0, now));
        using DiskHang hang = test.Hang(0, DiskOperation.Sync);
        Task waiting = test.Loops[0].CommitAsync();
        Task syncing = Task.Factory.StartNew(test.Loops[0].SyncOnce, TaskCreationOptions.LongRunning);
        await Wait.For(() => hang.Hanging == 1, "the sync hangs");
        // Who comes while the loop is in the sync waits for the next.
        Task next = test.Loops[0].CommitAsync();
        await Watch(test, () => next.IsCompleted, "who waits is told");

        await Assert.ThrowsAsync<IOException>(() => next);
        await Assert.ThrowsAsync<IOException>(() => test.Loops[0].CommitAsync());
        await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(syncing.IsCompleted);
        hang.Release();
        await syncing;
        Assert.Null(test.Return(0));
    }

    [Fact]
    public async Task Who_reads_a_disk_that_hangs_is_answered_at_the_limit_and_the_disk_costs_a_bounded_number_of_threads()
    {
        var test = new SimulatedDisks(2, Limit);
        Packet packet = test.MakeFor(packets, 0, now), other = test.MakeFor(packets, 1, now);
        test.Append(packet);
        test.Append(other);
        BucketFile file = new(test.Store.Disks[0], TestStore.KeyOf(packet));
        Tailer.Disk.IDiskFile open = file.OpenRead()!;
        using DiskHang hang = test.Hang(0);
        Task[] readers = [.. Enumerable.Range(0, 50).Select(i => Task.Factory.StartNew(
            () => Assert.Throws<IOException>(() => i % 2 == 0 ? open.Read(new byte[10], 0) : test.Store.Disks[0].Disk.List("/data").Count), TaskCreationOptions.LongRunning))];
        await Watch(test, () => readers.All(reader => reader.IsCompleted), "all readers are answered");
        await Task.WhenAll(readers);

        Assert.InRange(hang.Met, 1, DiskCalls.ThreadsMax);
        Assert.False(test.Store.Disks[0].IsThere);
        Assert.Equal([other.Id], test.Store.Files().SelectMany(f => BucketWalk.Places(f.OpenRead()!, out _)).Select(place => place.Id));
        Assert.Throws<IOException>(() => open.Read(new byte[10], 0));
        Assert.InRange(hang.Met, 1, DiskCalls.ThreadsMax);
        hang.Release();
        await Wait.For(() => test.Store.Disks[0].Calls.Hanging == 0, "all calls have come back");
        Assert.Null(test.Return(0));
        Assert.Equal(2, test.Store.Files().Count());
    }

    [Fact]
    public async Task A_disk_that_hangs_when_a_file_is_opened_costs_no_more_than_a_moment_for_packets_of_other_disks()
    {
        var test = new SimulatedDisks(3, TimeSpan.FromMinutes(5));
        using DiskHang hang = test.Hang(0);
        Packet[] made = [.. Enumerable.Range(0, 100).Select(i => test.MakeFor(packets, 1 + (i % 2), now))];
        StoreResult[] results = await Task.WhenAll(made.Select(packet => test.AppendAsync(packet).AsTask())).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.All(results, result => Assert.Equal(StoreOutcome.Stored, result.Outcome));
        Assert.InRange(hang.Met, 1, DiskCalls.ThreadsMax);
    }

    /// <summary>A thousand connections, one disk, and no more threads than before.</summary>
    [Fact]
    public async Task Who_waits_for_a_disk_that_hangs_has_no_thread()
    {
        var test = new SimulatedDisks(1, Limit);
        test.Append(packets.Make(["before"], now));
        using DiskHang hang = test.Hang(0, DiskOperation.Write);
        Task<StoreResult> stuck = OnThread(() => test.AppendAsync(packets.Make(["stuck"], now)));
        await Wait.For(() => hang.Hanging == 1, "the write hangs");
        OpenBucket file = Assert.Single(test.Store.Open());
        Task<StoreResult>[] waiting = [.. Enumerable.Range(0, 1000).Select(i => packets.Make([$"line {i}"], now)).Select(packet => Task.Run(() => test.AppendAsync(packet).AsTask()))];
        await Wait.For(() => file.Queue.Waiting >= 999, "they wait");

        Assert.Equal(1, hang.Met);
        await Watch(test, () => waiting.All(task => task.IsCompleted), "all are answered");
        Assert.All(waiting, task => Assert.Equal(StoreOutcome.DiskFailed, task.Result.Outcome));
        Assert.Contains("takes longer than", test.Store.Refusal, StringComparison.Ordinal);
        Assert.Equal(1, hang.Met);
        hang.Release();
        await stuck;
        Assert.Null(test.Return(0));
        Assert.Equal(StoreOutcome.Stored, (await test.AppendAsync(packets.Make(["after"], now))).Outcome);
    }

    [Fact]
    public async Task A_repeat_of_a_packet_whose_write_hangs_waits_no_longer_than_the_limit()
    {
        var test = new SimulatedDisks(2, Limit);
        test.Append(test.MakeFor(packets, 0, now));
        using DiskHang hang = test.Hang(0, DiskOperation.Write);
        Packet packet = test.MakeFor(packets, 0, now);
        Task<StoreResult> stuck = OnThread(() => test.AppendAsync(packet));
        await Wait.For(() => hang.Hanging == 1, "the write hangs");
        Task<StoreResult> repeat = OnThread(() => test.AppendAsync(packet));
        await Watch(test, () => repeat.IsCompleted, "the repeat is stored");

        Assert.Equal((StoreOutcome.Stored, 1), ((await repeat).Outcome, test.IndexOf((await repeat).Disk!)));
        hang.Release();
        Assert.Equal(StoreOutcome.DiskFailed, (await stuck).Outcome);
        Assert.Equal([1], test.Stored().Where(s => s.Id == packet.Id).Select(s => s.Disk));
    }

    [Fact]
    public void A_read_error_sets_the_disk_aside_and_a_bad_spot_only_once()
    {
        var test = new SimulatedDisks(2);
        Packet packet = test.MakeFor(packets, 0, now);
        test.Append(packet);
        test.Loops[0].SyncOnce();
        BucketFile file = new(test.Store.Disks[0], TestStore.KeyOf(packet));
        const int EIO = 5;
        test.Faulty[0].ErrorNumber = EIO;
        test.Faulty[0].Counts = (operation, path) => operation == DiskOperation.Read && path.EndsWith(".b", StringComparison.Ordinal);
        using Tailer.Disk.IDiskFile open = file.OpenRead()!;
        test.Faulty[0].Break();
        var scrub = new Scrub(test.Store, new DamageBook(), Microsoft.Extensions.Logging.Abstractions.NullLogger<Scrub>.Instance);
        Assert.Throws<IOException>(() => scrub.Run(file));
        Assert.False(test.Store.Disks[0].IsThere);
        Assert.Equal(1, test.Store.Disks[0].Failures);

        Assert.Null(test.Loops[0].TryReturn());
        Assert.Throws<IOException>(() => scrub.Run(file));
        Assert.True(test.Store.Disks[0].IsThere);
    }

    /// <summary>As a file that is missing, forbidden or too many: the disk did what it was asked for.</summary>
    [Fact]
    public void An_error_that_says_nothing_of_the_disk_does_not_set_it_aside()
    {
        var test = new SimulatedDisks(1);
        Packet packet = packets.Make(["x"], now);
        test.Append(packet);
        BucketFile file = new(test.Store.Disks[0], TestStore.KeyOf(packet));
        const int EMFILE = 24;
        test.Faulty[0].ErrorNumber = EMFILE;
        test.Faulty[0].Break();
        Assert.Throws<IOException>(() => file.OpenRead());
        Assert.True(test.Store.Disks[0].IsThere);
    }

    private static NewRecord Record(Packet packet, Action<string> hangs) =>
        new(TestStore.KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame) { Hangs = hangs };

    private static Task<StoreResult> OnThread(Func<ValueTask<StoreResult>> append) =>
        Task.Factory.StartNew(() => append().AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static Task Watch(SimulatedDisks test, Func<bool> until, string because) => Wait.For(
        () =>
        {
            test.Watch();
            return until();
        }, because);
}
