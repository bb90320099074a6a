using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class ManyDisksTests
{
    private readonly Packets packets = new();

    [Fact]
    public void Packets_spread_over_the_disks_and_each_is_on_one()
    {
        var test = new SimulatedDisks(3, 1, 1, 2);
        Packet[] made = [.. Enumerable.Range(0, 400).Select(i => packets.Make([$"line {i}"]))];

        Assert.All(made, packet => Assert.Equal(StoreOutcome.Stored, test.Append(packet).Outcome));
        Assert.All(made, packet => Assert.Equal(StoreOutcome.Repeat, test.Append(packet).Outcome));
        test.Start();
        Assert.All(made, packet => Assert.Equal(StoreOutcome.Repeat, test.Append(packet).Outcome));

        List<(PacketId Id, int Disk)> stored = test.Stored();
        Assert.Equal(made.Select(p => p.Id).Order(), stored.Select(s => s.Id).Order());
        Assert.All([0, 1, 2], disk => Assert.InRange(stored.Count(s => s.Disk == disk), disk == 2 ? 130 : 50, disk == 2 ? 270 : 160));
    }

    [Fact]
    public void A_packet_whose_disk_fails_goes_to_the_next_and_is_known_when_the_disk_is_back()
    {
        var test = new SimulatedDisks(2);
        Packet packet = test.MakeFor(packets, disk: 0);
        test.Faulty[0].Break();

        StoreResult first = test.Append(packet);
        Assert.Equal((StoreOutcome.Stored, 1), (first.Outcome, test.IndexOf(first.Disk!)));
        Assert.False(test.Store.Disks[0].IsThere);
        Assert.Contains("the simulated disk failed", test.Store.Disks[0].Trouble, StringComparison.Ordinal);
        Assert.Null(test.Store.Refusal);

        Assert.Null(test.Return(0));
        StoreResult again = test.Append(packet);
        Assert.Equal((StoreOutcome.Repeat, 1), (again.Outcome, test.IndexOf(again.Disk!)));
        Assert.Equal([(packet.Id, 1)], test.Stored());
        Assert.Equal(0, test.IndexOf(test.Append(test.MakeFor(packets, 0)).Disk!));
    }

    /// <summary>A repeat that is only on a disk which is aside is no repeat: nobody knows whether it will be seen again.</summary>
    [Fact]
    public void What_only_a_disk_has_that_is_aside_is_stored_again()
    {
        var test = new SimulatedDisks(2);
        Packet packet = test.MakeFor(packets, disk: 0);
        test.Append(packet);
        test.Fail(0);

        Assert.Equal(StoreOutcome.Stored, test.Append(packet).Outcome);
        Assert.Equal([(packet.Id, 1)], test.Stored());
        Assert.Null(test.Return(0));
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet).Outcome);
        Assert.Equal([(packet.Id, 0), (packet.Id, 1)], test.Stored());
    }

    [Fact]
    public void A_full_disk_takes_nothing_and_its_packets_are_known()
    {
        var test = new SimulatedDisks(2);
        Packet before = test.MakeFor(packets, 0);
        test.Append(before);
        test.Store.Disks[0].Reserve.Filled();

        Assert.Equal(1, test.IndexOf(test.Append(test.MakeFor(packets, 1)).Disk!));
        Packet moved = packets.Make(["of whichever disk"]);
        Assert.Equal(1, test.IndexOf(test.Append(moved).Disk!));
        StoreResult repeat = test.Append(before);
        Assert.Equal((StoreOutcome.Repeat, 0), (repeat.Outcome, test.IndexOf(repeat.Disk!)));
    }

    [Fact]
    public void Only_when_no_disk_takes_a_packet_it_is_refused_and_the_reason_names_them_all()
    {
        var test = new SimulatedDisks(2);
        test.Store.Disks[0].Reserve.Filled();
        test.Fail(1);
        Assert.Equal(StoreOutcome.DiskFull, test.Append(packets.Make(["x"])).Outcome);
        Assert.Contains("is at its reserve", test.Store.Refusal, StringComparison.Ordinal);
        Assert.Contains("the test says so", test.Store.Refusal, StringComparison.Ordinal);

        test.Fail(0);
        Assert.Equal(StoreOutcome.DiskFailed, test.Append(packets.Make(["x"])).Outcome);
        Assert.Empty(test.Stored());
    }

    /// <summary>As a disk does with no more inodes or with a quota: the space says nothing, the error does.</summary>
    [Fact]
    public void A_disk_that_refuses_a_write_for_want_of_space_is_full_for_ten_looks()
    {
        var test = new SimulatedDisks(1);
        DiskReserve reserve = test.Store.Disks[0].Reserve;
        reserve.Look();
        Assert.False(reserve.IsReached);

        reserve.Filled();
        Assert.All(Enumerable.Range(0, 10), _ =>
        {
            Assert.True(reserve.IsReached);
            reserve.Look();
        });
        Assert.True(reserve.IsReached);
        reserve.Look();
        Assert.False(reserve.IsReached);
    }

    [Fact]
    public void A_failed_sync_fails_who_waits_and_what_was_not_synced_is_written_again_before_the_disk_counts_as_back()
    {
        var test = new SimulatedDisks(2);
        Packet packet = test.MakeFor(packets, 0);
        test.Append(packet);
        test.Faulty[0].ForgetsUnsynced = true;
        test.Faulty[0].Break();
        Task waiting = test.Loops[0].CommitAsync();
        test.Loops[0].SyncOnce();
        Assert.IsType<IOException>(waiting.Exception?.InnerException);

        Assert.Null(test.Return(0));
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet).Outcome);
        test.Memory[0].LosePower();
        test.Start();
        Assert.Equal([(packet.Id, 0)], test.Stored());
    }

    [Fact]
    public void A_disk_that_still_fails_stays_aside_and_loses_nothing_of_what_is_to_be_written_again()
    {
        var test = new SimulatedDisks(2);
        Packet packet = test.MakeFor(packets, 0);
        test.Append(packet);
        test.Faulty[0].ForgetsUnsynced = true;
        test.Faulty[0].Break();
        test.Loops[0].SyncOnce();

        Assert.NotNull(test.Loops[0].TryReturn());
        Assert.False(test.Store.Disks[0].IsThere);
        Assert.Null(test.Return(0));
        test.Memory[0].LosePower();
        test.Start();
        Assert.Equal([(packet.Id, 0)], test.Stored());
    }

    [Fact]
    public void A_repeat_that_a_process_before_this_one_wrote_is_synced_before_it_is_acknowledged()
    {
        var test = new SimulatedDisks(2);
        Packet packet = packets.Make(["not synced"]);
        test.Append(packet);
        test.Start();

        StoreResult repeat = test.Append(packet);
        Assert.Equal(StoreOutcome.Repeat, repeat.Outcome);
        test.Loops[test.IndexOf(repeat.Disk!)].SyncOnce();
        Array.ForEach(test.Memory, memory => memory.LosePower());
        test.Start();
        Assert.Equal(packet.Id, Assert.Single(test.Stored()).Id);
    }

    [Fact]
    public void A_damaged_copy_is_replaced_on_its_disk_or_where_that_takes_nothing_on_another()
    {
        var test = new SimulatedDisks(2);
        Packet packet = test.MakeFor(packets, 0);
        test.Append(packet);
        Damage(test, packet);
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet).Outcome);
        StoreResult healed = test.Append(packet, healed: true);
        Assert.Equal((StoreOutcome.Stored, 0), (healed.Outcome, test.IndexOf(healed.Disk!)));
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet, healed: true).Outcome);

        Packet other = test.MakeFor(packets, 0, packet.Header.SealedTime + LogTime.PerMinute);
        test.Append(other);
        Damage(test, other);
        test.Store.Disks[0].Reserve.Filled();
        healed = test.Append(other, healed: true);
        Assert.Equal((StoreOutcome.Stored, 1), (healed.Outcome, test.IndexOf(healed.Disk!)));
        Assert.Equal(StoreOutcome.Repeat, test.Append(other, healed: true).Outcome);
    }

    [Fact]
    public void The_same_packet_on_two_connections_waits_for_itself_and_is_stored_once()
    {
        var test = new SimulatedDisks(2);
        Packet packet = test.MakeFor(packets, 0);
        using var writing = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        test.Faulty[0].Counts = (operation, _) =>
        {
            if (operation != DiskOperation.Write)
                return false;
            writing.Set();
            go.Wait();
            return false;
        };
        StoreResult first = default, second = default;
        var slow = new Thread(() => first = test.Append(packet));
        slow.Start();
        writing.Wait();
        // Now the hash gives the packet to the other disk.
        test.Store.Disks[0].Reserve.Filled();
        var late = new Thread(() => second = test.Append(packet));
        late.Start();
        SpinWait.SpinUntil(() => !late.IsAlive || late.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30));
        go.Set();
        slow.Join();
        late.Join();

        Assert.Equal((StoreOutcome.Stored, StoreOutcome.Repeat), (first.Outcome, second.Outcome));
        Assert.Equal([(packet.Id, 0)], test.Stored());
    }

    [Fact]
    public async Task Many_connections_at_once_store_each_packet_once_though_disks_fill_and_have_room_again()
    {
        var test = new SimulatedDisks(3);
        Packet[] made = [.. Enumerable.Range(0, 300).Select(i => packets.Make([$"line {i}"]))];
        int stored = 0;
        await Parallel.ForEachAsync(made, async (packet, _) =>
        {
            StoreDisk disk = test.Store.Disks[(int)(packet.Header.Number / 10 % 3)];
            if (packet.Header.Number % 10 == 0)
                disk.Reserve.Filled();
            if (packet.Header.Number % 10 == 5)
                disk.Reserve.Look();
            StoreResult[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => test.AppendAsync(packet).AsTask())));
            Interlocked.Add(ref stored, results.Count(result => result.Outcome == StoreOutcome.Stored));
        });

        List<(PacketId Id, int Disk)> there = test.Stored();
        Assert.Equal(stored, there.Count);
        Assert.Equal(there.Count, there.DistinctBy(s => s.Id).Count());
    }

    [Fact]
    public void Handles_have_one_bound_over_all_disks()
    {
        using var directory = new TempDirectory();
        BucketStore store = new(
            [.. Enumerable.Range(0, 2).Select(i => new StoreDisk(Tailer.Disk.SystemDisk.Instance, new DiskOptions { Path = directory.Sub($"{i}") }, new DiskIdentity(1, $"{i:x32}", i, "test", "buck")))],
            new StoreOptions(), new SourceCatalog(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<BucketStore>.Instance);
        ulong now = Packets.Now;
        for (int minute = 0; minute < BucketStore.OpenBucketsMax * 6; minute++)
        {
            for (int i = 0; i < 4; i++)
            {
                Packet packet = packets.Make([$"line {minute} {i}"], now - ((ulong)minute * LogTime.PerMinute));
                Assert.Equal(StoreOutcome.Stored, store.Append(TestStore.KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame).Outcome);
            }
        }
        store.Sync();

        int open = Directory.GetFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget).Count(target => target?.StartsWith(directory.Path, StringComparison.Ordinal) == true);
        Assert.InRange(open, 1, BucketStore.OpenBucketsMax * 2);
        store.Close();
    }

    /// <summary>Flips a bit of the record's last byte where it lies.</summary>
    private static void Damage(SimulatedDisks test, Packet packet)
    {
        string path = test.Store.Disks[0].PathOf(TestStore.KeyOf(packet));
        using Tailer.Disk.IDiskFile file = test.Memory[0].OpenAppend(path);
        byte[] last = new byte[1];
        file.Read(last, file.Length - 1);
        last[0] ^= 1;
        file.Write(last, file.Length - 1);
    }
}
