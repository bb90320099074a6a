using System.Text;
using FsCheck.Xunit;
using Tailer.Testing;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>Codec 2 gives back what it was given, and always in the same bytes.</summary>
public sealed class TemplateBlockTests
{
    [Property(MaxTest = 300)]
    public void Awkward_events_read_back(int seed)
    {
        var random = new Random(seed);
        EventRow[] rows = new AwkwardLines(random).Rows(random.Next(1, 300));
        Assert.Equal(rows, EventRow.Decode(CodecTwo.Encode(rows, random.Next(-3, 4)), 4));
    }

    [Property(MaxTest = 100)]
    public void Random_bytes_with_random_columns_read_back(int seed)
    {
        var random = new Random(seed);
        EventRow[] rows = new TestData(random).Events(random.Next(1, 6), 200);
        Assert.Equal(rows, EventRow.Decode(CodecTwo.Encode(rows, random.Next(-3, 4)), 6));
    }

    [Property(MaxTest = 40)]
    public void The_same_events_make_the_same_bytes_whatever_the_builder_and_the_thread(int seed)
    {
        var random = new Random(seed);
        EventRow[] rows = new AwkwardLines(random).Rows(random.Next(32, 300)), others = new AwkwardLines(random).Rows(200);
        byte[] expected = CodecTwo.Encode(rows, 3);
        using var used = new TemplateBlockEncoder();
        CodecTwo.Encode(used, others, 3);
        Assert.Equal(expected, CodecTwo.Encode(used, rows, 3));
        byte[][] both = new byte[2][];
        Parallel.For(0, 2, i => both[i] = CodecTwo.Encode(rows, 3));
        Assert.All(both, bytes => Assert.Equal(expected, bytes));
        using var builder = new BlockBuilder();
        byte[] first = Build(builder, rows);
        Build(builder, others);
        Assert.Equal(first, Build(builder, rows));
    }

    [Fact]
    public void Sixty_four_events_with_something_in_common_are_templates_and_fewer_are_text()
    {
        EventRow[] rows = new TestData(new Random(1)).LogLines(BlockBuilder.TemplateEventsMin);
        Assert.Equal(2, BlockTests.Encode(rows, 1)[0]);
        Assert.Equal(1, BlockTests.Encode(rows[..^1], 1)[0]);
    }

    [Fact]
    public void A_quick_block_reads_back_and_has_its_small_columns_plainly()
    {
        EventRow[] rows = new TestData(new Random(5)).LogLines(4000);
        using var builder = new BlockBuilder();
        foreach (EventRow row in rows)
            row.AddTo(builder);
        using ByteWriter usual = new(), quick = new();
        builder.Encode(usual, level: 1);
        builder.Encode(quick, level: 1, isQuick: true);
        Assert.NotEqual(Convert.ToHexString(usual.Written), Convert.ToHexString(quick.Written));
        Assert.Equal(rows, EventRow.Decode(quick.Written.ToArray(), sources: rows.Max(row => row.Source) + 1));
        Assert.InRange(quick.Length, usual.Length * 0.9, usual.Length * 1.1);
    }

    [Fact]
    public void Text_in_which_templates_find_nothing_is_text()
    {
        byte[] noise = new byte[64 * 100];
        new Random(1).NextBytes(noise);
        EventRow[] rows = [.. noise.Chunk(100).Select((line, i) => new EventRow(0, (ulong)i * 100, line, 5, 0, 0, 0, "h", "a"))];
        Assert.Equal(1, BlockTests.Encode(rows, 1)[0]);
    }

    [Fact]
    public void Streams_beyond_the_ranks_of_one_byte_read_back()
    {
        var random = new Random(4);
        ulong end = 0;
        EventRow[] rows = [.. Enumerable.Range(0, 6000).Select(i =>
        {
            // All 3000 in turn, then any, so that ranks are on both sides of 255.
            int name = i < 3000 ? i : random.Next(3000);
            byte[] line = Encoding.ASCII.GetBytes($"Mar 12 00:00:00 h{name} a{name % 50}[{name * 7}]: hello {i}\n");
            var row = new EventRow(0, end, line, 1_773_273_600 * LogTime.PerSecond, 0, Severity.Info, (uint)(name * 7), $"h{name}", $"a{name % 50}");
            end = row.End;
            return row;
        })];
        byte[] bytes = BlockTests.Encode(rows, 1);
        Assert.Equal(2, bytes[0]);
        Assert.Equal(rows, EventRow.Decode(bytes, 1));
        Assert.True(BlockParts.Read(bytes)[BlockSection.Streams].Length > 6000 + (2 * 4000));
    }

    [Fact]
    public void As_many_streams_and_templates_as_events_read_back()
    {
        EventRow[] rows = [.. Enumerable.Range(0, Limits.BlockEventsMax).Select(i => new EventRow(
            0, (ulong)i, [.. "x"u8, (byte)(i >> 8), (byte)i], 0, (EventFlags)(i & 7), (Severity)(i >> 3 & 255), (uint)i, "h", ""))];
        byte[] bytes = CodecTwo.Encode(rows, 1);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, block.TryDecode(bytes, 1));
        Assert.All([0, 1, 255, 256, 65_534, 65_535], i => Assert.Equal(rows[i], EventRow.Of(block[i])));
    }

    /// <summary>Every way to write a time, at moments around which calendars are odd, is found to be the event's and not stored.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(0, 8)]
    [InlineData(3600, 6)]
    [InlineData(-12_600, 0)]
    [InlineData(50_400, 1)]
    public void Times_in_lines_are_the_events_times(int zoneSeconds, int fractionDigits)
    {
        DateTime[] moments = [new(2026, 3, 12, 11, 0, 0), new(2024, 2, 28, 23, 59, 50), new(2025, 12, 31, 23, 59, 40), new(2100, 2, 28, 23, 59, 50), new(2036, 2, 29, 5, 0, 0)];
        for (int form = 0; form < AwkwardLines.TimeFormCount; form++)
        {
            foreach (DateTime moment in moments)
            {
                // Two digits of a year are of this century.
                if (moment.Year >= 2100 && form == AwkwardLines.ShortYearForm)
                    continue;
                EventRow[] rows = TimedRows(moment, form, zoneSeconds, fractionDigits);
                byte[] bytes = CodecTwo.Encode(rows, 1);
                Assert.Equal(rows, EventRow.Decode(bytes, 1));
                using var block = new TemplateBlock();
                Assert.Equal(BlockError.None, block.TryOpen(bytes));
                Assert.True(block.TryReadNames(1) && block.TryReadEvents() && block.TryReadTemplates());
                Assert.True(block.Templates.Count == 1, $"form {form} at {moment:o}: {block.Templates.Count} templates");
                // Where a padded day goes from two digits to one, there is a form for each.
                StreamInfo[] streams = block.Streams.Streams.ToArray();
                Assert.InRange(streams.Length, 1, form == AwkwardLines.PaddedDayForm ? 2 : 1);
                foreach (StreamInfo stream in streams)
                {
                    Assert.True(stream.Format >= 0, $"form {form} at {moment:o}");
                    TimeFormat format = block.Streams.Format(stream.Format);
                    // Without a date, 14 hours ahead is 10 hours behind.
                    Assert.Equal(0, (zoneSeconds - format.OffsetSeconds) % (form == AwkwardLines.ClockForm ? 86_400 : int.MaxValue));
                    Assert.Equal(fractionDigits > 0, format.Pattern.Contains((byte)(TimeFormat.Fraction + fractionDigits)));
                }
            }
        }
    }

    [Theory]
    [InlineData(256 * 1024, Limits.BlockEventsMax)]
    [InlineData(Limits.SegmentBlockRawBytes, Limits.BlockEventsMax)]
    public void Sample_logs_read_back_and_are_templates(int rawBytes, int events)
    {
        string folder = Path.Combine(BuildOutput.Repository, "..", "shared", "logs");
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal)] : [];
        using var builder = new BlockBuilder();
        using var block = new DecodedBlock();
        foreach ((string name, byte[] text) in files.Select(f => (Path.GetFileName(f), File.ReadAllBytes(f))).Append(("awkward", AwkwardCorpus())))
        {
            int at = 0;
            while (at < text.Length)
                at = CheckOneBlock(builder, block, name, text, at, rawBytes, events);
        }
    }

    /// <summary>Lines of every kind in one file: no time is known of them, as of a log nobody can parse.</summary>
    private static byte[] AwkwardCorpus() => [.. Enumerable.Range(0, 60).SelectMany(seed => new AwkwardLines(new Random(seed)).Rows(300)).SelectMany(r => r.Bytes)];

    private static int CheckOneBlock(BlockBuilder builder, DecodedBlock block, string name, byte[] text, int start, int rawBytes, int events)
    {
        builder.Reset();
        int at = start;
        while (at < text.Length && builder.RawBytes < rawBytes && builder.Count < events)
        {
            int newline = text.AsSpan(at).IndexOf((byte)'\n');
            int length = Math.Min(Limits.EventBytesMax, newline < 0 ? text.Length - at : newline + 1);
            builder.Add(new Event { Source = 0, Offset = (ulong)at, Bytes = text.AsSpan(at, length), Time = (ulong)at, Host = name, App = "" });
            at += length;
        }
        using var w = new ByteWriter();
        builder.Encode(w, 1);
        Assert.True(builder.Count < BlockBuilder.TemplateEventsMin || name == "awkward" || w.Written[0] == 2, $"{name} from {start} is not templates");
        Assert.Equal(BlockError.None, block.TryDecode(w.Written, 1));
        Assert.Equal(builder.Count, block.Count);
        int position = start;
        for (int i = 0; i < block.Count; i++)
        {
            ReadOnlySpan<byte> line = block.Line(i);
            Assert.True(block[i].Offset == (ulong)position && line.SequenceEqual(text.AsSpan(position, line.Length)), $"{name} at {position}");
            position += line.Length;
        }
        Assert.Equal(at, position);
        return at;
    }

    private static EventRow[] TimedRows(DateTime moment, int form, int zoneSeconds, int fractionDigits)
    {
        var rows = new EventRow[40];
        ulong offset = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            ulong time = AwkwardLines.TimeOf(moment) + ((ulong)i * LogTime.PerSecond) + ((ulong)i * 1_234_567 % LogTime.PerSecond);
            byte[] line = Encoding.ASCII.GetBytes(AwkwardLines.Written(time, form, zoneSeconds, fractionDigits, '.') + " started\n");
            rows[i] = new EventRow(0, offset, line, time, 0, Severity.Info, 0, "", "");
            offset = rows[i].End;
        }
        return rows;
    }

    private static byte[] Build(BlockBuilder builder, EventRow[] rows)
    {
        builder.Reset();
        foreach (EventRow row in rows)
            row.AddTo(builder);
        using var w = new ByteWriter();
        builder.Encode(w, 3);
        return w.Written.ToArray();
    }
}
