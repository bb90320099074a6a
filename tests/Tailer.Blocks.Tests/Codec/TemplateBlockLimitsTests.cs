using System.Globalization;
using System.Text;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>Lines that are little but variables: what is written stays within what a reader takes.</summary>
public sealed class TemplateBlockLimitsTests
{
    [Theory]
    [InlineData(15, 2)]
    [InlineData(17, 1)]
    public void Lines_with_more_columns_than_a_block_may_have_are_written_as_text(int slots, byte codec)
    {
        const int templates = Limits.BlockEventsMax / 2;
        string digits = string.Concat(Enumerable.Repeat("7 ", slots)), others = string.Concat(Enumerable.Repeat("8 ", slots));
        using var builder = new BlockBuilder();
        for (int t = 0; t < templates; t++)
        {
            string word = new([.. t.ToString("x4", CultureInfo.InvariantCulture).Select(c => (char)(c < 'a' ? c - '0' + 'k' : c))]);
            Add(builder, word + " " + digits);
            Add(builder, word + " " + others);
        }
        Assert.True((templates * slots > Limits.BlockColumnsMax) == (codec == 1));
        Assert.Equal(codec, Encode(builder)[0]);
    }

    [Fact]
    public void Columns_beyond_the_numbers_a_block_may_have_are_written_otherwise()
    {
        const int rows = 32, slots = 70, templates = Limits.BlockEventsMax / rows;
        Assert.True((long)rows * slots * templates > Limits.BlockNumbersMax);
        using var builder = new BlockBuilder();
        for (int row = 0; row < rows; row++)
        {
            string values = string.Concat(Enumerable.Repeat($"{row + 10} ", slots));
            for (int t = 0; t < templates; t++)
                Add(builder, $"{(char)('k' + (t >> 8))}{(char)('k' + (t >> 4 & 15))}{(char)('k' + (t & 15))} {values}");
        }
        byte[] block = Encode(builder);
        Assert.Equal(2, block[0]);
        // One byte each: 32 steps a column, as many columns as fit.
        Assert.Equal(Limits.BlockNumbersMax, BlockParts.Read(block)[BlockSection.Numbers].Length);
    }

    private static void Add(BlockBuilder builder, string line)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line + "\n");
        builder.Add(new Event { Source = 0, Offset = 0, Bytes = bytes, Time = 0, Host = "", App = "" });
    }

    private static byte[] Encode(BlockBuilder builder)
    {
        using var w = new ByteWriter();
        builder.Encode(w, 1);
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, block.TryDecode(w.Written, 1));
        Assert.Equal(builder.Count, block.Count);
        return w.Written.ToArray();
    }
}
