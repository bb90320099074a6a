using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tailer.Blocks;

namespace Tailer.Wire.Tests.Messages;

public sealed class MessageTests
{
    private static readonly PacketId Id = new(UInt128.Parse("0123456789abcdef0123456789abcdef", System.Globalization.NumberStyles.HexNumber));
    private static readonly BucketFileName File = new(17_000_000_000_000_000, 60, 3);

    /// <summary>The bytes of each message, so that a format cannot change by accident (docs/formats/messages.md).</summary>
    [Fact]
    public void The_bytes_of_every_message_are_those_of_the_document()
    {
        string id = Id.ToString();
        Assert.Equal($"01020500{id}aabb", Hex(new Append(Id, 1, 2, AppendOptions.FsyncBeforeAck | AppendOptions.BoundaryCopy, new byte[] { 0xaa, 0xbb })));
        Assert.Equal($"{id}01", Hex(new Ack(Id, true)));
        Assert.Equal($"{id}01e8030000" + "0466756c6c", Hex(new Nack(Id, NackReason.DiskFull, TimeSpan.FromSeconds(1), "full")));
        Assert.Equal($"{id}cc", Hex(new Manifest(Id, new byte[] { 0xcc })));
        Assert.Equal("010700000000000000" + "01" + "016b" + "0176", Hex(new Heartbeat(7, new Dictionary<string, string> { ["k"] = "v" })));
        Assert.Equal("01" + "0168" + "0172", Hex(new Goodbye("h", true, "r")));
        Assert.Equal("01" + "30750000", Hex(new Interest(true, TimeSpan.FromSeconds(30))));
        Assert.Equal($"0161" + "01" + id, Hex(new Want("a", [Id])));
        Assert.Equal("0200", Hex(new WantPassed(2)));
        string file = "00802ef168653c00" + "3c00" + "0300";
        Assert.Equal("0100000000000000" + "0200000000000000" + "03000000", Hex(new ListBuckets(1, 2, 3)));
        Assert.Equal("01" + "01" + file + "0a00000000000000" + "0b000000" + id + "01",
            Hex(new Buckets(true, [new BucketListing(File, 10, 11, new ContentHash(Id.Value), true)])));
        Assert.Equal(file + "0a00000000000000" + "0b000000", Hex(new ListRecords(File, 10, 11)));
        Assert.Equal("03" + "0c00000000000000" + "01" + "0a00000000000000" + "0b000000" + "01" + "02" + id + "02aabb",
            Hex(new RecordList(12, true, true, [new RecordListing(10, 11, 1, 2, Id, new byte[] { 0xaa, 0xbb })])));
        Assert.Equal(file + "01" + "0a00000000000000" + "0b000000" + "01" + id, Hex(new ReadRecords(File, [new RecordPosition(10, 11)], [Id])));
        Assert.Equal("01" + "02" + "0a00000000000000" + "01" + "02" + id + "02aabb",
            Hex(new Records([new RecordContent(RecordStatus.Damaged, 10, 1, 2, Id, new byte[] { 0xaa, 0xbb })])));
        Assert.Equal(file + "0a00000000000000" + id, Hex(new Prune(File, 10, new ContentHash(Id.Value))));
        Assert.Equal("02", Hex(new Pruned(PruneOutcome.Absent)));
        Assert.Equal("0171" + "0100000000000000" + "0200000000000000" + "0300000000000000" + "0400000000000000" + "05000000" + "01",
            Hex(new Search("q", 1, 2, 3, 4, 5, true)));
        Assert.Equal("02" + "01aa" + "02bbcc", Hex(new SearchResult([new byte[] { 0xaa }, new byte[] { 0xbb, 0xcc }])));
        Assert.Equal("0100000000000000" + "0200000000000000" + "0300000000000000" + "01" + "0165", Hex(new End(1, 2, 3, true, "e")));
        Assert.Equal("016e" + "0168" + "e8030000", Hex(new Lease("n", "h", TimeSpan.FromSeconds(1))));
        Assert.Equal("01" + "0168" + "e8030000", Hex(new Leased(true, "h", TimeSpan.FromSeconds(1))));
        Assert.Equal("0100000000000000", Hex(new Ping(1)));
        Assert.Equal("0100000000000000", Hex(new Pong(1)));
        Assert.Equal("", Hex(new Cancel()));
        Assert.Equal("0300", Hex(new Credit(3)));
        Assert.Equal("0200" + "0174", Hex(new ErrorReply(WireErrorCode.NotAllowed, "t")));
    }

    [Property(MaxTest = 200)]
    public void Every_message_is_read_back_as_it_was_written_and_any_cut_of_it_is_refused_or_shorter(ulong a, ulong b, NonNegativeInt c, byte d, NonNull<string> text, byte[] bytes)
    {
        string word = new([.. text.Get.Where(char.IsAsciiLetterOrDigit)]);
        bytes ??= [];
        var id = new PacketId(new UInt128(a, b));
        var file = new BucketFileName(a, d, d);
        int count = c.Get % 5;
        TimeSpan span = TimeSpan.FromMilliseconds(c.Get);
        PacketId[] ids = [.. Enumerable.Range(0, count).Select(i => new PacketId(id.Value + (UInt128)i))];

        Check(new Append(id, d, d, (AppendOptions)(d & 7), bytes), exactly: false);
        Check(new Ack(id, d % 2 == 0));
        Check(new Nack(id, (NackReason)d, span, word));
        Check(new Manifest(id, bytes), exactly: false);
        Check(new Heartbeat(a, Enumerable.Range(0, count).ToDictionary(i => word + i, i => word)));
        Check(new Goodbye(word, d % 2 == 0, word));
        Check(new Interest(d % 2 == 0, span));
        Check(new Want(word, ids));
        Check(new WantPassed(d));
        Check(new ListBuckets(a, b, c.Get % WireLimits.BucketsMax));
        Check(new Buckets(d % 2 == 0, [.. ids.Select(i => new BucketListing(file, c.Get, c.Get, new ContentHash(i.Value), d % 2 == 0))]));
        Check(new ListRecords(file, c.Get, c.Get % WireLimits.FrameBytesMax));
        Check(new RecordList(c.Get, d % 2 == 0, d % 3 == 0, [.. ids.Select(i => new RecordListing(c.Get, c.Get, d, d, i, bytes))]));
        Check(new ReadRecords(file, [.. ids.Select((_, i) => new RecordPosition(c.Get, i))], ids));
        Check(new Records([.. ids.Select(i => new RecordContent((RecordStatus)(d % 3), c.Get, d, d, i, bytes))]));
        Check(new Prune(file, c.Get, new ContentHash(id.Value)));
        Check(new Pruned((PruneOutcome)(d % 4)));
        Check(new ListDamaged());
        Check(new Damaged([.. ids.Select(i => new DamagedRecord(file, i))]));
        Check(new Search(word, a, b, a, b, c.Get, d % 2 == 0));
        Check(new SearchResult([.. ids.Select(_ => (ReadOnlyMemory<byte>)bytes)]));
        Check(new End(c.Get, c.Get, c.Get, d % 2 == 0, word));
        Check(new Lease(word, word, span));
        Check(new Leased(d % 2 == 0, word, span));
        Check(new Ping(a));
        Check(new Pong(a));
        Check(new Credit(d));
        Check(new ErrorReply((WireErrorCode)d, word));
    }

    [Property(MaxTest = 500)]
    public void Bytes_that_nobody_vouches_for_never_throw(byte[] bytes)
    {
        Try<Append>(bytes);
        Try<Ack>(bytes);
        Try<Nack>(bytes);
        Try<Manifest>(bytes);
        Try<Heartbeat>(bytes);
        Try<Goodbye>(bytes);
        Try<Interest>(bytes);
        Try<Want>(bytes);
        Try<WantPassed>(bytes);
        Try<ListBuckets>(bytes);
        Try<Buckets>(bytes);
        Try<ListRecords>(bytes);
        Try<RecordList>(bytes);
        Try<ReadRecords>(bytes);
        Try<Records>(bytes);
        Try<Prune>(bytes);
        Try<Pruned>(bytes);
        Try<ListDamaged>(bytes);
        Try<Damaged>(bytes);
        Try<Search>(bytes);
        Try<SearchResult>(bytes);
        Try<End>(bytes);
        Try<Lease>(bytes);
        Try<Leased>(bytes);
        Try<Ping>(bytes);
        Try<Credit>(bytes);
        Try<ErrorReply>(bytes);
    }

    [Fact]
    public void A_count_larger_than_the_message_allocates_nothing()
    {
        byte[] body = [.. new byte[12], 0xff, 0xff, 0x03];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(ReadRecords.Read(body));
        Assert.Null(Want.Read(new byte[] { 0, 0xff, 0x1f }));
        Assert.Null(Buckets.Read(new byte[] { 0, 0xe0, 0x4e }));
        Assert.Null(SearchResult.Read(new byte[] { 0xff, 0x1f }));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4096);
    }

    [Fact]
    public void Texts_for_people_are_cut_at_a_character_and_names_are_not_cut_at_all()
    {
        string text = new('é', 2000);
        var read = ErrorReply.Read(Body(new ErrorReply(WireErrorCode.Failed, text)));
        Assert.Equal(new string('é', 512), read!.Text);
        Assert.Throws<ArgumentException>(() => Body(new Goodbye(text, false, "")));
    }

    private static void Try<T>(byte[] bytes)
        where T : class, IWireMessage<T> => T.Read(bytes);

    private static void Check<T>(T message, bool exactly = true)
        where T : class, IWireMessage<T>
    {
        byte[] body = Body(message);
        T? read = T.Read(body);
        Assert.NotNull(read);
        Assert.Equal(body, Body(read));
        // Fields of later versions behind the known ones are ignored.
        if (exactly)
            Assert.Equal(body, Body(T.Read(new byte[][] { body, [1, 2, 3] }.SelectMany(b => b).ToArray())!));
        for (int keep = 0; keep < body.Length; keep++)
        {
            T? cut = T.Read(body.AsMemory(0, keep));
            Assert.True(cut is null || !exactly, $"{T.Type} cut to {keep} of {body.Length}");
        }
    }

    private static string Hex<T>(T message)
        where T : class, IWireMessage<T> => Convert.ToHexStringLower(Body(message));

    private static byte[] Body<T>(T message)
        where T : class, IWireMessage<T>
    {
        using var writer = new ByteWriter();
        message.WriteHead(writer);
        return [.. writer.Written, .. message.Tail.Span];
    }
}
