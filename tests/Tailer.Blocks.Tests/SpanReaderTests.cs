using System.Text;
using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class SpanReaderTests
{
    public static TheoryData<ulong> Edges
    {
        get
        {
            var edges = new TheoryData<ulong> { 0, 1, ulong.MaxValue, ulong.MaxValue - 1, int.MaxValue, uint.MaxValue, long.MaxValue };
            for (int bits = 7; bits < 64; bits += 7)
            {
                edges.Add((1UL << bits) - 1);
                edges.Add(1UL << bits);
                edges.Add((1UL << bits) + 1);
            }
            return edges;
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void A_varint_reads_back_and_every_cut_of_it_fails(ulong value)
    {
        using var w = new ByteWriter();
        w.Varint(value);
        Assert.Equal(value < 128 ? 1 : (64 - System.Numerics.BitOperations.LeadingZeroCount(value) + 6) / 7, w.Length);
        var r = new SpanReader(w.Written);
        Assert.Equal(value, r.Varint());
        Assert.True(r.AtEnd && !r.Failed);
        for (int cut = 0; cut < w.Length; cut++)
        {
            var cutReader = new SpanReader(w.Written[..cut]);
            Assert.Equal(0UL, cutReader.Varint());
            Assert.True(cutReader.Failed);
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void A_zigzag_reads_back_with_both_signs(ulong value)
    {
        using var w = new ByteWriter();
        w.Zigzag((long)value);
        w.Zigzag(-(long)value);
        var r = new SpanReader(w.Written);
        Assert.Equal((long)value, r.Zigzag());
        Assert.Equal(-(long)value, r.Zigzag());
        Assert.True(r.AtEnd && !r.Failed);
    }

    [Fact]
    public void Zigzag_is_0_minus1_1_minus2_as_the_page_says()
    {
        using var w = new ByteWriter();
        foreach (long value in (long[])[0, -1, 1, -2, 2, long.MaxValue, long.MinValue])
            w.Zigzag(value);
        Assert.Equal("0001020304FEFFFFFFFFFFFFFFFF01FFFFFFFFFFFFFFFFFF01", Convert.ToHexString(w.Written));
    }

    [Theory]
    [InlineData("80808080808080808002")]
    [InlineData("FFFFFFFFFFFFFFFFFF7F")]
    [InlineData("8080808080808080808000")]
    [InlineData("8080808080808080808080808080")]
    public void A_varint_of_more_than_64_bits_or_ten_bytes_fails(string hex)
    {
        var r = new SpanReader(Convert.FromHexString(hex));
        Assert.Equal(0UL, r.Varint());
        Assert.True(r.Failed);
    }

    [Fact]
    public void A_count_over_its_limit_fails_and_one_at_it_does_not()
    {
        using var w = new ByteWriter();
        w.Varint(300);
        Assert.Equal(300, new SpanReader(w.Written).Count(300));
        foreach (int max in (int[])[299, 0, -1, int.MinValue])
        {
            var r = new SpanReader(w.Written);
            Assert.Equal(0, r.Count(max));
            Assert.True(r.Failed);
        }
    }

    [Fact]
    public void A_count_that_does_not_fit_an_int_fails_whatever_the_limit()
    {
        using var w = new ByteWriter();
        w.Varint(1UL << 32);
        var r = new SpanReader(w.Written);
        Assert.Equal(0, r.Count(int.MaxValue));
        Assert.True(r.Failed);
    }

    [Fact]
    public void After_a_failure_everything_is_zero_or_empty()
    {
        var r = new SpanReader([1, 2, 3]);
        Assert.True(r.Take(4).IsEmpty);
        Assert.True(r.Failed && r.AtEnd);
        Assert.Equal((0, 0, 0U, 0UL, 0UL, 0L, 0), (r.U8(), r.U16(), r.U32(), r.U64(), r.Varint(), r.Zigzag(), r.Count(10)));
        Assert.Equal((default, default, default), (r.SourceId(), r.PacketId(), r.EpochId()));
        Assert.Equal("", r.Text(10));
        Assert.True(r.Take(0).IsEmpty && r.Failed);
    }

    [Fact]
    public void Negative_lengths_fail()
    {
        var r = new SpanReader([1, 2, 3]);
        Assert.True(r.Take(-1).IsEmpty);
        Assert.True(r.Failed);
    }

    [Property(MaxTest = 300)]
    public void What_is_written_reads_back_and_every_cut_fails(byte a, ushort b, uint c, ulong d, long e, byte[] bytes, int seed)
    {
        string text = RandomText(new Random(seed));
        using var w = new ByteWriter(1);
        w.U8(a);
        w.U16(b);
        w.U32(c);
        w.U64(d);
        w.Varint(d);
        w.Zigzag(e);
        w.LengthPrefixed(bytes);
        w.Text(text);
        Assert.True(ReadsBack(w.Written));
        for (int cut = 0; cut < w.Length; cut++)
            Assert.False(ReadsBack(w.Written[..cut]));

        bool ReadsBack(ReadOnlySpan<byte> input)
        {
            var r = new SpanReader(input);
            return (r.U8() == a & r.U16() == b & r.U32() == c & r.U64() == d & r.Varint() == d & r.Zigzag() == e
                & r.LengthPrefixed(int.MaxValue).SequenceEqual(bytes) & r.Text(int.MaxValue) == text) && r.AtEnd && !r.Failed;
        }
    }

    [Fact]
    public void Invalid_utf8_reads_as_replacement_characters()
    {
        Assert.Equal("a\ufffdb", new SpanReader([3, (byte)'a', 0xff, (byte)'b']).Text(255));
    }

    [Theory]
    [InlineData(85, true)]
    [InlineData(86, false)]
    public void Invalid_utf8_that_would_be_too_long_to_be_written_again_fails(int bytes, bool fits)
    {
        using var w = new ByteWriter();
        w.LengthPrefixed(Enumerable.Repeat((byte)0xff, bytes).ToArray());
        var r = new SpanReader(w.Written);
        string text = r.Text(255);
        Assert.Equal(fits, !r.Failed);
        Assert.Equal(fits ? bytes : 0, text.Length);
    }

    [Fact]
    public void A_text_of_exactly_the_limit_is_read()
    {
        string text = string.Concat(Enumerable.Repeat("ä", 127)) + "x";
        using var w = new ByteWriter();
        w.Text(text);
        Assert.Equal(255, Encoding.UTF8.GetByteCount(text));
        Assert.Equal(text, new SpanReader(w.Written).Text(255));
        Assert.Equal("", new SpanReader(w.Written).Text(254));
    }

    [Fact]
    public void A_writer_keeps_what_it_holds_while_it_grows_and_starts_anew_after_a_reset()
    {
        using var w = new ByteWriter(0);
        for (int i = 0; i < 100_000; i++)
            w.U8((byte)i);
        for (int i = 0; i < 100_000; i++)
            Assert.Equal((byte)i, w.Written[i]);
        w.At(10, 2)[0] = 77;
        Assert.Equal(77, w.Written[10]);
        Assert.Throws<ArgumentOutOfRangeException>(() => w.Advance(int.MaxValue));
        w.Reset();
        Assert.Equal(0, w.Length);
        w.U32(5);
        Assert.Equal("05000000", Convert.ToHexString(w.Written));
    }

    private static string RandomText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => new Rune(random.Next(4) switch { 0 => random.Next(0x20, 0x7f), 1 => random.Next(0x80, 0x800), 2 => random.Next(0x800, 0xd800), _ => random.Next(0x10000, 0x110000) }).ToString()));
}
