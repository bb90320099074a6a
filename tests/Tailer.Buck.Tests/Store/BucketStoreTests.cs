using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class BucketStoreTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task A_packet_is_stored_once_however_often_it_comes()
    {
        await using var test = new TestStore();
        Packet packet = packets.Make(["one", "two"]);

        Assert.Equal(StoreOutcome.Stored, test.Append(packet));
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet));
        test.Restart();
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet));

        Assert.Equal([packet.Id], test.Stored(TestStore.KeyOf(packet)));
    }

    [Fact]
    public async Task Frames_lie_in_the_file_as_they_came()
    {
        await using var test = new TestStore();
        Packet packet = packets.Make(["a line"]);
        test.Append(packet);

        byte[] file = await File.ReadAllBytesAsync(test.PathOf(packet));

        Assert.Equal(packet.Frame.ToArray(), file[RecordHeader.Bytes..]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(200)]
    public async Task A_torn_tail_is_cut_and_hides_nothing_before_or_after_it(int tornBytes)
    {
        await using var test = new TestStore();
        ulong now = Packets.Now;
        Packet[] made = [.. Enumerable.Range(0, 3).Select(i => packets.Make([$"line {i} {new string('x', 300)} {Guid.NewGuid()}"], now))];
        test.Append(made[0]);
        test.Append(made[1]);
        byte[] file = await File.ReadAllBytesAsync(test.PathOf(made[0]));
        await File.WriteAllBytesAsync(test.PathOf(made[0]), file[..^tornBytes]);

        test.Restart();

        Assert.Equal(StoreOutcome.Stored, test.Append(made[2]));
        Assert.Equal(StoreOutcome.Repeat, test.Append(made[0]));
        Assert.Equal(StoreOutcome.Stored, test.Append(made[1]));
        Assert.Equal([made[0].Id, made[2].Id, made[1].Id], test.Stored(TestStore.KeyOf(made[0])));
    }

    [Fact]
    public async Task A_record_whose_body_was_lost_in_a_power_cut_is_not_had_already()
    {
        await using var test = new TestStore();
        Packet packet = packets.Make([$"line {new string('x', 300)}"]);
        test.Append(packet);
        byte[] file = await File.ReadAllBytesAsync(test.PathOf(packet));
        file.AsSpan(RecordHeader.Bytes).Clear();
        await File.WriteAllBytesAsync(test.PathOf(packet), file);

        test.Restart();

        Assert.Equal(StoreOutcome.Stored, test.Append(packet));
        Assert.Contains(packet.Id, test.Stored(TestStore.KeyOf(packet)));
    }

    [Fact]
    public async Task A_copy_that_went_bad_on_the_disk_is_replaced_by_a_healed_one_and_a_good_one_is_not()
    {
        await using var test = new TestStore();
        Packet packet = packets.Make([$"line {new string('x', 300)}"]);
        test.Append(packet);
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet, healed: true));
        byte[] file = await File.ReadAllBytesAsync(test.PathOf(packet));
        file[^10] ^= 1;
        await File.WriteAllBytesAsync(test.PathOf(packet), file);

        Assert.Equal(StoreOutcome.Repeat, test.Append(packet));
        Assert.Equal(StoreOutcome.Stored, test.Append(packet, healed: true));
        Assert.Equal(StoreOutcome.Repeat, test.Append(packet, healed: true));
        Assert.Equal(packet.Id, test.Stored(TestStore.KeyOf(packet))[1]);
    }

    [Fact]
    public async Task No_more_buckets_than_the_limit_stay_open_and_all_of_them_recognise_repeats()
    {
        await using var test = new TestStore();
        ulong now = Packets.Now;
        Packet[] made = [.. Enumerable.Range(0, BucketStore.OpenBucketsMax * 3).Select(i => packets.Make([$"line {i}"], now - ((ulong)i * LogTime.PerMinute)))];

        Assert.All(made, packet => Assert.Equal(StoreOutcome.Stored, test.Append(packet)));
        test.Store.Sync();
        int open = Directory.GetFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget).Count(target => target?.StartsWith(test.Root, StringComparison.Ordinal) == true);

        Assert.InRange(open, 1, BucketStore.OpenBucketsMax);
        Assert.All(made, packet => Assert.Equal(StoreOutcome.Repeat, test.Append(packet)));
    }

    [Fact]
    public async Task Widths_that_share_a_file_name_share_one_writer()
    {
        await using var test = new TestStore();
        ulong bucket = LogTime.Floor(Packets.Now, 2 * LogTime.PerMinute);
        Packet one = new Packets("a", bucketSeconds: 60).Make(["minute"], bucket);
        Packet two = new Packets("b", bucketSeconds: 120).Make(["two minutes"], bucket);

        test.Append(one);
        test.Append(two);

        Assert.Equal(test.PathOf(one), test.PathOf(two));
        Assert.Equal([one.Id, two.Id], test.Stored(TestStore.KeyOf(one)));
    }

    [Fact]
    public async Task A_full_disk_refuses_and_deletes_nothing()
    {
        await using var test = new TestStore(reserveBytes: long.MaxValue / 2);
        test.Disk.Reserve.Look();

        Assert.Equal(StoreOutcome.DiskFull, test.Append(packets.Make(["x"])));
        Assert.Empty(test.Store.Files());
    }

    [Fact]
    public async Task A_bucket_far_in_the_future_is_refused()
    {
        await using var test = new TestStore(futureMax: LogTime.PerMinute);

        Assert.Equal(StoreOutcome.FarFuture, test.Append(packets.Make(["x"], Packets.Now + (3 * LogTime.PerMinute))));
        Assert.Equal(StoreOutcome.Stored, test.Append(packets.Make(["x"], Packets.Now)));
    }

    [Fact]
    public async Task A_prune_removes_exactly_what_was_described_and_nothing_that_came_since()
    {
        await using var test = new TestStore();
        Packet first = packets.Make(["one"]);
        BucketKey key = TestStore.KeyOf(first);
        test.Append(first);
        long length = new FileInfo(test.PathOf(first)).Length;
        test.Append(packets.Make(["two"], first.Header.SealedTime));

        Assert.False(test.Store.TryPrune(test.FileOf(key), facts => facts.LengthBytes == length));
        Assert.Equal(2, test.Stored(key).Count);
        Assert.True(test.Store.TryPrune(test.FileOf(key), facts => facts.Records.Count == 2));
        Assert.Empty(test.Store.Files());
        Assert.Equal(StoreOutcome.Stored, test.Append(first));
    }

    [Fact]
    public async Task No_acknowledged_packet_is_lost_to_prunes_at_the_same_time()
    {
        await using var test = new TestStore();
        ulong now = Packets.Now;
        Packet[] made = [.. Enumerable.Range(0, 2000).Select(i => packets.Make([$"line {i}"], now))];
        BucketKey key = TestStore.KeyOf(made[0]);
        var pruned = new HashSet<PacketId>();
        int prunes = 0;
        using var done = new CancellationTokenSource();
        Task pruning = Task.Factory.StartNew(() =>
        {
            while (!done.IsCancellationRequested)
            {
                var seen = new List<PacketId>();
                if (test.Store.TryPrune(test.FileOf(key), facts => { seen = [.. facts.Records.Select(r => r.Id)]; return seen.Count % 3 == 1; }) == true)
                {
                    pruned.UnionWith(seen);
                    Interlocked.Increment(ref prunes);
                }
            }
        }, TaskCreationOptions.LongRunning);

        await Parallel.ForEachAsync(made[..1000], async (packet, _) => Assert.Equal(StoreOutcome.Stored, (await test.AppendAsync(packet)).Outcome));
        await Wait.For(() => Volatile.Read(ref prunes) > 0, "a prune has happened");
        await Parallel.ForEachAsync(made[1000..], async (packet, _) => Assert.Equal(StoreOutcome.Stored, (await test.AppendAsync(packet)).Outcome));
        await done.CancelAsync();
        await pruning;

        List<PacketId> left = test.Stored(key);
        Assert.Equal(made.Length, left.Count + pruned.Count);
        Assert.True(made.Select(p => p.Id).ToHashSet().SetEquals(left.Concat(pruned)));
    }

    [Fact]
    public async Task Walking_headers_finds_what_reading_everything_finds()
    {
        await using var test = new TestStore();
        ulong now = Packets.Now;
        Packet[] made = [.. Enumerable.Range(0, 50).Select(i => packets.Make([.. Enumerable.Range(0, i * i).Select(_ => Guid.NewGuid().ToString()), "x"], now))];
        foreach (Packet packet in made)
            test.Append(packet);

        using IDiskFile file = test.FileOf(TestStore.KeyOf(made[0])).OpenRead()!;
        List<RecordPlace> places = BucketWalk.Places(file, out long end);

        Assert.Equal(made.Select(p => p.Id), places.Select(p => p.Id));
        Assert.Equal(file.Length, end);
    }
}
