using System.Security.Cryptography;
using FsCheck.Xunit;
using Tailer.Blocks.Native;
using Tailer.Testing;

namespace Tailer.Blocks.Tests;

/// <summary>Codec 1's short form, and the dictionary it is packed with.</summary>
public sealed class ShortBlockTests
{
    private const int FlagsAt = 1, DictionaryAt = 2;

    /// <summary>
    /// A dictionary is part of the format: what it packed can be read by it alone. If this fails, take the old bytes back; a better
    /// dictionary gets the next number, and a line here.
    /// </summary>
    [Theory]
    [InlineData(1, "3324ec1f3f2963231952aaa400875aa1c9df831d497cce111045177a2e6d54ab")]
    public void A_published_dictionary_never_changes(byte number, string sha256)
    {
        byte[] bytes = LogDictionary.Bytes(number);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.InRange(bytes.Length, 1, 16 * 1024);
        Assert.Equal(number, LogDictionary.TryGet(number)!.Id);
    }

    [Fact]
    public void The_newest_dictionary_is_the_last_there_is()
    {
        Assert.NotNull(LogDictionary.TryGet(LogDictionary.Newest));
        Assert.Null(LogDictionary.TryGet(0));
        for (int number = LogDictionary.Newest + 1; number <= byte.MaxValue; number++)
            Assert.Null(LogDictionary.TryGet((byte)number));
    }

    [Property(MaxTest = 300)]
    public void Lines_read_back_however_few_they_are(int seed)
    {
        var random = new Random(seed);
        EventRow[] rows = new TestData(random).LogLines(random.Next(1, BlockBuilder.TemplateEventsMin));
        byte[] bytes = BlockTests.Encode(rows, 1);
        Assert.Equal(ShortBlockEncoder.Flag, bytes[FlagsAt]);
        Assert.Equal(rows, EventRow.Decode(bytes, LogGenerator.Apps.Count));
    }

    [Theory]
    [InlineData("one line\n")]
    [InlineData("no line feed at the end of it")]
    [InlineData("one\r\n", "two\r\n")]
    [InlineData("an empty one\n", "\n", "is between these\n")]
    [InlineData("nothing at all\n", "", "is between these\n")]
    [InlineData("two\nlines in one\n")]
    [InlineData("cut\n", "off")]
    [InlineData("2026-03-12T00:00:00Z a time and nothing", "2026-03-12T00:00:00")]
    public void Lines_end_as_they_did(params string[] lines)
    {
        // Long enough together that the short form is smaller than the plain one.
        EventRow[] rows = [.. lines.Select((line, i) => Row((ulong)i * 100, line)), Row(9000, "Connection closed by authenticating user root\n")];
        byte[] bytes = BlockTests.Encode(rows, 1);
        Assert.Equal(ShortBlockEncoder.Flag, bytes[FlagsAt]);
        Assert.Equal(rows, EventRow.Decode(bytes, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LogDictionary.Newest + 1)]
    [InlineData(255)]
    public void A_dictionary_that_is_not_known_is_named(byte number)
    {
        byte[] bytes = BlockTests.Encode(new TestData(new Random(1)).LogLines(3), 1);
        bytes[DictionaryAt] = number;
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.UnknownDictionary, block.TryDecode(bytes, LogGenerator.Apps.Count));
        Assert.Equal(0, block.Count);
    }

    [Fact]
    public void A_block_is_read_by_its_own_flags_and_no_others()
    {
        var data = new TestData(new Random(1));
        byte[] few = BlockTests.Encode(data.LogLines(5), 1), plain = Golden.GoldenFile.Bytes("block-zstd.hex"), stored = Golden.GoldenFile.Bytes("block-stored.hex");
        using var block = new DecodedBlock();
        foreach (byte[] bytes in (byte[][])[few, plain, stored])
        {
            byte own = bytes[FlagsAt];
            for (int flags = 0; flags <= byte.MaxValue; flags++)
            {
                bytes[FlagsAt] = (byte)flags;
                BlockError error = block.TryDecode(bytes, LogGenerator.Apps.Count);
                bool isShort = (flags & ShortBlockEncoder.Flag) != 0;
                // The plain forms have always ignored bits they do not know.
                Assert.Equal(own == ShortBlockEncoder.Flag ? flags == own : !isShort && (flags & 1) == own, error == BlockError.None);
            }
        }
    }

    [Fact]
    public void A_short_text_of_long_names_is_refused_before_it_is_written()
    {
        using var body = new ByteWriter();
        body.U8(1);
        body.Text(new string('h', Limits.NameBytesMax));
        body.U8(1);
        body.Text("");
        body.U8(0);
        body.U8(1);
        body.Raw([0, 0, 0, 0, 0]);
        body.LengthPrefixed([.. Enumerable.Repeat(LeadShape.Host, 2000)]);
        body.Raw([0, 1, 0, 0, 0, 1, 0, 1, ShortBlockEncoder.EndByLineFeed, (byte)'\n']);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.DamagedColumns, block.TryDecode(BlockOf(body.Written, 1)!, 1));
    }

    [Fact]
    public void Many_threads_use_one_dictionary()
    {
        EventRow[][] all = [.. Enumerable.Range(0, 8).Select(i => new TestData(new Random(i)).LogLines(10))];
        byte[][] expected = [.. all.Select(rows => BlockTests.Encode(rows, 1))];
        Parallel.For(0, 800, i =>
        {
            Assert.Equal(expected[i % 8], BlockTests.Encode(all[i % 8], 1));
            Assert.Equal(all[i % 8], EventRow.Decode(expected[i % 8], LogGenerator.Apps.Count));
        });
    }

    [Fact]
    public void More_text_than_a_short_block_may_hold_makes_a_plain_one()
    {
        EventRow[] rows = [.. Enumerable.Range(0, 9).Select(i => Row((ulong)i * 10_000, new string('x', 9_000) + "\n"))];
        byte[] bytes = BlockTests.Encode(rows, 1);
        Assert.Equal((1, 0), (bytes[0], bytes[FlagsAt]));
        Assert.Equal(rows, EventRow.Decode(bytes, 1));
    }

    /// <summary>Blocks of a few lines by their raw bytes, of the test suite's own log; 5 % of room for other versions of zstd.</summary>
    [Theory]
    [InlineData(1, 0.747)]
    [InlineData(2, 0.563)]
    [InlineData(10, 0.320)]
    public void Blocks_of_a_few_lines_stay_as_small_as_they_are(int lines, double most)
    {
        EventRow[] rows = SyslogLines(4000);
        long packed = 0, raw = rows.Sum(r => (long)r.Bytes.Length);
        for (int i = 0; i < rows.Length; i += lines)
            packed += BlockTests.Encode(rows[i..(i + lines)], 1).Length;
        Assert.InRange(packed / (double)raw, most / 2, most * 1.05);
    }

    /// <summary>The log generator's lines as a syslog daemon writes them to one file, with the times they state.</summary>
    private static EventRow[] SyslogLines(int count)
    {
        var generator = new LogGenerator(3);
        ulong offset = 0;
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            GeneratedLine line = generator.Next();
            EventRow row = Row(offset, $"{line.Time:yyyy-MM-ddTHH:mm:ss.ffffff}Z web-1 {line.App}[17]: {line.Text}\n") with
            {
                App = line.App,
                Pid = 17,
                Time = LogTime.From(line.Time) / 100 * 100,
            };
            offset = row.End;
            return row;
        })];
    }

    /// <summary>What a short block has behind its header, unpacked.</summary>
    internal static byte[] BodyOf(ReadOnlySpan<byte> block)
    {
        var r = new SpanReader(block[3..]);
        r.Varint();
        var body = new byte[r.Varint()];
        r.U32();
        Assert.True(Zstd.TryDecompressBlock(r.Take(r.Remaining), body, LogDictionary.TryGet(LogDictionary.Newest)!));
        return body;
    }

    /// <summary>A short block of any body, its text's checksum 0; null where the body does not compress.</summary>
    internal static byte[]? BlockOf(ReadOnlySpan<byte> body, int events)
    {
        using var w = new ByteWriter();
        w.Raw([TextBlockEncoder.CodecVersion, ShortBlockEncoder.Flag, LogDictionary.Newest]);
        w.Varint((ulong)events);
        w.Varint((ulong)body.Length);
        w.U32(0);
        int packed = Zstd.CompressBlock(body, w.GetSpan(Zstd.CompressBound(body.Length)), LogDictionary.TryGet(LogDictionary.Newest)!);
        w.Advance(packed);
        return packed == 0 ? null : w.Written.ToArray();
    }

    private static EventRow Row(ulong offset, string line) =>
        new(0, offset, System.Text.Encoding.UTF8.GetBytes(line), Golden.GoldenData.T0, 0, Severity.Info, 0, "web-1", "");
}
