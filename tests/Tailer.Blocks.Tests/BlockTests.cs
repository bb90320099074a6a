using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class BlockTests
{
    [Property(MaxTest = 200)]
    public void Events_read_back_whatever_they_are(int seed)
    {
        var random = new Random(seed);
        int sources = random.Next(1, 6);
        EventRow[] rows = new TestData(random).Events(sources, 200);
        using var block = new DecodedBlock();
        byte[] bytes = Encode(rows, random.Next(-5, 20));
        Assert.Equal(BlockError.None, block.TryDecode(bytes, sources));
        Assert.Equal(rows, EventRow.Of(block));
        Assert.Equal(rows.SelectMany(r => r.Bytes).Order(), block.Text.ToArray().Order());
        for (int i = 0; i < rows.Length; i++)
            Assert.Equal((rows[i].Time, rows[i].Source, rows[i].Bytes.Length), (block.Time(i), block.Source(i), block.Line(i).Length));
        Assert.Equal(rows, EventRow.Decode(bytes, sources));
    }

    [Property(MaxTest = 50)]
    public void A_builder_and_a_decoded_block_are_used_again_and_again(int seed)
    {
        var data = new TestData(new Random(seed));
        using var builder = new BlockBuilder();
        using var block = new DecodedBlock();
        using var w = new ByteWriter();
        for (int round = 0; round < 5; round++)
        {
            EventRow[] rows = data.Events(3, 100);
            foreach (EventRow row in rows)
                row.AddTo(builder);
            Assert.Equal((rows.Length, rows.Sum(r => r.Bytes.Length)), (builder.Count, builder.RawBytes));
            Assert.Equal((rows.Min(r => r.Time), rows.Max(r => r.Time)), (builder.TimeMin, builder.TimeMax));
            w.Reset();
            builder.Encode(w, 1);
            Assert.Equal(BlockError.None, block.TryDecode(w.Written, 3));
            if (round % 2 == 0)
                block.KeepEventsOnly();
            Assert.Equal(rows, EventRow.Of(block));
            builder.Reset();
        }
    }

    [Fact]
    public void Log_lines_compress()
    {
        EventRow[] rows = new TestData(new Random(5)).LogLines(2000);
        int raw = rows.Sum(r => r.Bytes.Length);
        byte[] bytes = Encode(rows, 1);
        Assert.True(bytes.Length < raw / 3, $"{raw} bytes became {bytes.Length}");
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    public void Any_number_of_hosts_and_apps_reads_back(int names)
    {
        EventRow[] rows = [.. Enumerable.Range(0, names).Select(i => Row(0, (ulong)i, [1]) with { Host = $"h{i}", App = $"a{names - i}" })];
        Assert.Equal(rows, EventRow.Decode(Encode(rows, 1), 1));
    }

    [Fact]
    public void A_block_holds_as_many_events_as_the_limit_and_no_more()
    {
        using var builder = new BlockBuilder();
        EventRow row = Row(0, 0, []);
        for (int i = 0; i < Limits.BlockEventsMax; i++)
            row.AddTo(builder);
        Assert.Throws<InvalidOperationException>(() => row.AddTo(builder));
        using var w = new ByteWriter();
        builder.Encode(w, 1);
        Assert.Equal(Limits.BlockEventsMax, EventRow.Decode(w.Written.ToArray(), 1).Length);
    }

    [Fact]
    public void A_block_takes_bytes_up_to_the_limit_and_is_read_then()
    {
        using var builder = new BlockBuilder();
        EventRow row = Row(0, 0, new byte[Limits.EventBytesMax]);
        int added = 0;
        while (Record.Exception(() => row.AddTo(builder)) is not InvalidOperationException)
            added++;
        Assert.InRange(added, 254, 256);
        Assert.Equal(added, builder.Count);
        using var w = new ByteWriter();
        builder.Encode(w, 1);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, block.TryDecode(w.Written, 1));
    }

    [Fact]
    public void A_name_no_reader_would_take_is_refused_and_leaves_the_block_as_it_was()
    {
        using var builder = new BlockBuilder();
        EventRow good = Row(0, 0, [1]);
        good.AddTo(builder);
        Assert.Throws<ArgumentException>(() => (good with { Host = new string('x', 256) }).AddTo(builder));
        Assert.Throws<ArgumentException>(() => (good with { Host = "other", App = string.Concat(Enumerable.Repeat("ä", 128)) }).AddTo(builder));
        EventRow next = Row(0, 1, [2]);
        next.AddTo(builder);
        using var w = new ByteWriter();
        builder.Encode(w, 1);
        Assert.Equal([good, next], EventRow.Decode(w.Written.ToArray(), 1));
    }

    [Fact]
    public void An_empty_block_is_not_made()
    {
        using var builder = new BlockBuilder();
        using var w = new ByteWriter();
        Assert.Throws<InvalidOperationException>(() => builder.Encode(w, 1));
    }

    [Fact]
    public void A_source_outside_the_container_is_damage()
    {
        byte[] bytes = Encode([Row(2, 0, [1])], 1);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, block.TryDecode(bytes, 3));
        Assert.Equal(BlockError.DamagedColumns, block.TryDecode(bytes, 2));
        Assert.Equal(BlockError.DamagedColumns, block.TryDecode(bytes, 0));
        Assert.Equal(0, block.Count);
        Assert.Equal(0, block.Count);
    }

    [Fact]
    public void An_event_that_ends_beyond_64_bits_is_damage()
    {
        byte[] bytes = Encode([Row(0, ulong.MaxValue - 1, [1, 2, 3])], 1);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.DamagedColumns, block.TryDecode(bytes, 1));
    }

    [Fact]
    public void Times_may_be_as_far_apart_as_they_can()
    {
        ulong[] times = [0, 1UL << 63, 0, ulong.MaxValue, 1, (1UL << 63) + 1, (1UL << 63) - 1, ulong.MaxValue];
        EventRow[] rows = [.. Enumerable.Range(0, 40).Select(i => Row(0, (ulong)i, [1]) with { Time = times[i % times.Length] })];
        Assert.Equal(rows, EventRow.Decode(Encode(rows[..8], 1), 1).Concat(rows[8..]));
        Assert.Equal(rows, EventRow.Decode(Codec.CodecTwo.Encode(rows, 1), 1));
    }

    [Fact]
    public void Another_codec_is_refused_by_name()
    {
        byte[] bytes = Encode([Row(0, 0, [1])], 1);
        bytes[0] = BlockBuilder.CodecVersion + 1;
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.UnknownCodec, block.TryDecode(bytes, 1));
    }

    [Fact]
    public void A_changed_byte_of_text_is_found_by_its_checksum()
    {
        byte[] bytes = Encode([Row(0, 0, System.Security.Cryptography.Shake128.HashData("incompressible"u8, 100))], 1);
        Assert.Equal(1, bytes[1]);
        bytes[^1] ^= 1;
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.TextChecksum, block.TryDecode(bytes, 1));
    }

    [Fact]
    public void A_claim_of_much_text_in_few_bytes_rents_nothing()
    {
        using var block = new DecodedBlock();
        using var w = new ByteWriter();
        w.U8(1);
        w.U8(0);
        w.Varint(1);
        w.Varint(100);
        w.Varint(Limits.BlockBodyBytesMax - 100);
        w.U32(0);
        w.U64(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(BlockError.DamagedBody, block.TryDecode(w.Written, 1));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000);
    }

    [Fact]
    public void After_warming_up_adding_events_allocates_nothing()
    {
        EventRow[] rows = new TestData(new Random(5)).LogLines(500);
        using var builder = new BlockBuilder();
        for (int round = 0; round < 3; round++)
        {
            builder.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (EventRow row in rows)
                row.AddTo(builder);
            if (round == 2)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Texts_are_shown_without_their_line_ends()
    {
        Assert.Equal("a"u8, Event.WithoutLineEnd("a\n"u8));
        Assert.Equal("a"u8, Event.WithoutLineEnd("a\r\n"u8));
        Assert.Equal("a\n"u8, Event.WithoutLineEnd("a\n\n"u8));
        Assert.Equal("a"u8, Event.WithoutLineEnd("a"u8));
        Assert.True(Event.WithoutLineEnd("\n"u8).IsEmpty);
        Assert.True(Event.WithoutLineEnd([]).IsEmpty);
    }

    internal static byte[] Encode(EventRow[] rows, int level)
    {
        using var builder = new BlockBuilder();
        foreach (EventRow row in rows)
            row.AddTo(builder);
        using var w = new ByteWriter();
        builder.Encode(w, level);
        return w.Written.ToArray();
    }

    private static EventRow Row(int source, ulong offset, byte[] bytes) => new(source, offset, bytes, 5, 0, 0, 0, "h", "a");
}
