using Tailer.Blocks.Tests.Codec;

namespace Tailer.Blocks.Tests.Golden;

/// <summary>
/// Codec 2 against <c>codec2.py</c>, a writer read off the page alone: what it makes is read exactly, and what we make of the same
/// events is the same, section by section; byte by byte where zstd, which differs between its versions, has no part in it.
/// </summary>
public sealed class TemplateBlockGoldenTests
{
    [Fact]
    public void A_stored_block_is_read_as_the_page_says() => Assert.Equal(GoldenLines.Noise, Decode("block2-stored.hex", 1));

    [Fact]
    public void A_compressed_block_is_read_as_the_page_says() => Assert.Equal(GoldenLines.Mixed, Decode("block2-zstd.hex", 3));

    [Fact]
    public void A_stored_block_is_written_as_the_page_says()
    {
        byte[] golden = GoldenFile.Bytes("block2-stored.hex");
        BlockParts parts = BlockParts.Read(golden);
        Assert.Equal(Hex(golden), Hex(parts.ToArray(level: null)));
        Assert.True(parts[BlockSection.Templates].Length >= SectionTable.OwnFrameBytesMin);
        Assert.Equal(Hex(golden), Hex(BlockTests.Encode(GoldenLines.Noise, 19)));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(1)]
    [InlineData(19)]
    public void A_block_of_any_level_has_the_sections_the_page_says(int level)
    {
        BlockParts golden = BlockParts.Read(GoldenFile.Bytes("block2-zstd.hex"));
        byte[] block = BlockTests.Encode(GoldenLines.Mixed, level);
        Assert.Equal(2, block[0]);
        BlockParts written = BlockParts.Read(block);
        Assert.Equal((golden.Tokenizer, golden.Events, golden.TextBytes, golden.TextCrc), (written.Tokenizer, written.Events, written.TextBytes, written.TextCrc));
        for (int s = 0; s < SectionTable.Count; s++)
            Assert.Equal(((BlockSection)s, Hex(golden.Plain[s])), ((BlockSection)s, Hex(written.Plain[s])));
    }

    /// <summary>Else the golden block would not show what it is for.</summary>
    [Fact]
    public void The_golden_block_has_every_coding_several_streams_and_sections_of_both_kinds()
    {
        byte[] golden = GoldenFile.Bytes("block2-zstd.hex");
        using var block = new TemplateBlock();
        Assert.Equal(BlockError.None, block.TryOpen(golden));
        Assert.True(block.TryReadNames(3) && block.TryReadEvents() && block.TryReadTemplates() && block.TryReadColumns());
        var seen = new HashSet<(ColumnCoding, SlotClass, bool IsOfOneWidth)>();
        for (int c = 0; c < block.Columns.Count; c++)
            seen.Add((block.Columns[c].Coding, block.Columns[c].Class, block.Columns[c].Width > 0));
        (ColumnCoding, SlotClass, bool)[] all =
        [
            (ColumnCoding.Fixed, SlotClass.Digits, true), (ColumnCoding.Fixed, SlotClass.Word, true), (ColumnCoding.Variable, SlotClass.Digits, false),
            (ColumnCoding.Dictionary, SlotClass.Digits, true), (ColumnCoding.Dictionary, SlotClass.Word, false),
            (ColumnCoding.Delta, SlotClass.Digits, true), (ColumnCoding.Delta, SlotClass.Digits, false),
        ];
        Assert.Empty(all.Except(seen));
        StreamInfo[] streams = block.Streams.Streams.ToArray();
        Assert.Equal(4, streams.Length);
        Assert.Equal([0, 1, -1, -1], streams.Select(s => s.Format));
        Assert.Equal(0, block.Streams.Format(0).OffsetSeconds);
        Assert.Equal(3600, block.Streams.Format(1).OffsetSeconds);
        Assert.Contains((byte)(TimeFormat.Fraction + 3), block.Streams.Format(1).Pattern.ToArray());
        Assert.Equal(" web-1 sshd[4242]: "u8.ToArray(), streams[0].After.ToArray());
        Assert.Equal("\u0001\u0005job: "u8.ToArray(), streams[3].After.ToArray());
        BlockParts parts = BlockParts.Read(golden);
        Assert.Contains(parts.Plain, s => s.Length >= SectionTable.OwnFrameBytesMin);
        Assert.Contains(parts.Plain, s => s.Length is > 0 and < SectionTable.OwnFrameBytesMin);
        Assert.DoesNotContain(parts.Plain, s => s.Length == 0);
        // A dictionary with values written out, and text that looks like codes.
        Assert.Contains(ColumnEncoder.Escape, parts[BlockSection.Indexes]);
        Assert.Contains(TemplateText.Literal, parts[BlockSection.Templates]);
    }

    private static EventRow[] Decode(string name, int sources) => EventRow.Decode(GoldenFile.Bytes(name), sources);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
