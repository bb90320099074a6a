using System.Text;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>What a reader of codec 2 must refuse, each made by changing a good block in one place.</summary>
public sealed class DamagedTemplateBlockTests
{
    private const ulong T0 = 1_773_273_600 * LogTime.PerSecond;

    [Fact]
    public void What_is_taken_apart_and_put_together_reads_as_before()
    {
        EventRow[] rows = Rows(80);
        byte[] block = Encode(rows);
        foreach (int? level in (int?[])[null, 1, 19])
            Assert.Equal(rows, EventRow.Decode(BlockParts.Read(block).ToArray(level), 1));
    }

    [Fact]
    public void A_time_format_that_writes_more_than_there_is_room_for_is_refused() =>
        Refused(meta => meta with { Pattern = Enumerable.Repeat(TimeFormat.EpochSeconds, 32).ToArray() });

    [Fact]
    public void Any_time_format_that_is_let_in_can_be_written_at_any_time()
    {
        byte[] longest = [.. Enumerable.Repeat(TimeFormat.EpochSeconds, 10), (byte)'-', TimeFormat.Fraction + 7];
        Assert.True(TimeFormat.IsPattern(longest));
        Assert.Equal(TimeFormat.TextBytesMax, new TimeFormat(longest, 0).Write(ulong.MaxValue).Length);
        Assert.False(TimeFormat.IsPattern([.. longest, (byte)'-']));
    }

    [Theory]
    [InlineData(86_401)]
    [InlineData(-86_401)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_time_format_more_than_a_day_from_UTC_is_refused(long offset) => Refused(meta => meta with { Offset = offset });

    [Fact]
    public void A_large_section_that_is_packed_in_no_bytes_is_refused()
    {
        EventRow[] rows = Rows(5000);
        byte[] block = Encode(rows);
        BlockParts parts = BlockParts.Read(block);
        int sections = parts.Plain.Count(s => s.Length >= SectionTable.OwnFrameBytesMin);
        Assert.True(sections > 1);
        for (int large = 0; large < sections; large++)
        {
            using var decoded = new DecodedBlock();
            Assert.Equal(BlockError.DamagedBody, decoded.TryDecode(parts.ToArray(1, hollow: large), 1));
        }
    }

    [Fact]
    public void A_literal_byte_before_a_code_of_a_lead_does_not_hide_the_code()
    {
        Assert.True(LeadShape.IsShape([LeadShape.Literal, LeadShape.Literal, LeadShape.Time], hasFormat: true));
        Assert.False(LeadShape.IsShape([LeadShape.Literal, LeadShape.Literal, LeadShape.Time], hasFormat: false));
        Assert.True(LeadShape.IsShape([LeadShape.Literal, LeadShape.Time], hasFormat: false));
        Assert.False(LeadShape.IsShape([LeadShape.Literal], hasFormat: false));
        Assert.False(LeadShape.IsShape([(byte)'a', 0], hasFormat: false));
        Assert.True(LeadShape.IsShape([LeadShape.Literal, 0], hasFormat: false));
    }

    [Theory]
    [InlineData(LeadShape.Time)]
    [InlineData(LeadShape.Host)]
    [InlineData(LeadShape.App)]
    [InlineData(LeadShape.Pid)]
    public void A_code_twice_in_a_lead_is_refused(byte code)
    {
        Assert.True(LeadShape.IsShape([code], code == LeadShape.Time));
        Assert.False(LeadShape.IsShape([code, (byte)'-', code], code == LeadShape.Time));
    }

    [Fact]
    public void Leads_longer_than_all_the_text_are_refused_before_they_are_made()
    {
        // 60,000 streams of which one is used: with a host of 255 bytes they would be 15 MB from a few packed bytes.
        using var meta = new ByteWriter();
        meta.Varint(1);
        meta.Text(new string('h', 255));
        meta.Varint(1);
        meta.Text("");
        meta.Varint(0);
        meta.Varint(60_000);
        for (int s = 0; s < 60_000; s++)
        {
            meta.Raw([0, 0, 0, 0, 0]);
            meta.LengthPrefixed([LeadShape.Host]);
        }
        var streams = new StreamSet(Limits.BlockEventsMax);
        var r = new SpanReader(meta.Written);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(streams.TryReadNames(ref r, events: 65_536, sourceCount: 1, textBytes: 100_000));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void More_slots_than_a_block_may_have_are_refused()
    {
        var templates = new TemplateSet();
        byte[] section = new byte[Limits.BlockColumnsMax + 1];
        Array.Fill(section, TemplateText.Slot);
        section[^1] = TemplateText.End;
        Assert.True(templates.TryRead(section, 1));
        Assert.Equal(Limits.BlockColumnsMax, templates.Slots(0));
        Assert.False(templates.TryRead([TemplateText.Slot, .. section], 1));
    }

    /// <summary>A block of lines with a time, its meta section written anew with one thing changed.</summary>
    private static void Refused(Func<Meta, Meta> change)
    {
        EventRow[] rows = Rows(80);
        BlockParts parts = BlockParts.Read(Encode(rows));
        Meta good = new([TimeFormat.Hour, (byte)':', TimeFormat.Minute, (byte)':', TimeFormat.Second], 0);
        parts[BlockSection.Meta] = [.. good.Bytes(), .. MetaTail(parts)];
        Assert.Equal(rows, EventRow.Decode(parts.ToArray(), 1));
        parts[BlockSection.Meta] = [.. change(good).Bytes(), .. MetaTail(parts)];
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.DamagedColumns, block.TryDecode(parts.ToArray(), 1));
    }

    /// <summary>Offsets and steps of time, which follow the streams: one run of steps of 0, then time, scale and width.</summary>
    private static byte[] MetaTail(BlockParts parts) => parts[BlockSection.Meta][^12..];

    private static EventRow[] Rows(int count)
    {
        var rows = new EventRow[count];
        ulong offset = 0;
        for (int i = 0; i < count; i++)
        {
            ulong time = T0 + ((ulong)i * LogTime.PerSecond);
            byte[] line = Encoding.ASCII.GetBytes($"{DateTime.UnixEpoch.AddSeconds(1_773_273_600 + i):HH:mm:ss} request {i * 7919 % 1000} took {i % 3} ms\n");
            rows[i] = new EventRow(0, offset, line, time, EventFlags.None, Severity.Info, 0, "h", "");
            offset = rows[i].End;
        }
        return rows;
    }

    private static byte[] Encode(EventRow[] rows)
    {
        byte[] block = BlockTests.Encode(rows, 1);
        Assert.Equal(2, block[0]);
        return block;
    }

    /// <summary>The names, one time format and one stream.</summary>
    private sealed record Meta(byte[] Pattern, long Offset)
    {
        public byte[] Bytes()
        {
            using var w = new ByteWriter();
            w.Varint(1);
            w.Text("h");
            w.Varint(1);
            w.Text("");
            w.Varint(1);
            w.LengthPrefixed(Pattern);
            w.Zigzag(Offset);
            w.Varint(1);
            w.Raw([0, 0, 0, 0, 1]);
            w.LengthPrefixed([LeadShape.Time]);
            return w.Written.ToArray();
        }
    }
}
