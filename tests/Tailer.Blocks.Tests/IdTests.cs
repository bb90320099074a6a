using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

/// <summary>The four kinds of ids are written out, so each is tested.</summary>
public sealed class IdTests
{
    [Property(MaxTest = 300)]
    public void Bytes_text_and_number_of_an_id_read_back_and_have_one_order(ulong a, ulong b, ulong c, ulong d)
    {
        var first = new UInt128(a, b);
        var second = new UInt128(c, d);
        Check(new SourceId(first), new SourceId(second), (id, to) => id.WriteTo(to), f => SourceId.Read(f), t => SourceId.TryParse(t, out SourceId id) ? id : default);
        Check(new PacketId(first), new PacketId(second), (id, to) => id.WriteTo(to), f => PacketId.Read(f), t => PacketId.TryParse(t, out PacketId id) ? id : default);
        Check(new EpochId(first), new EpochId(second), (id, to) => id.WriteTo(to), f => EpochId.Read(f), t => EpochId.TryParse(t, out EpochId id) ? id : default);
        Check(new ContentHash(first), new ContentHash(second), (id, to) => id.WriteTo(to), f => ContentHash.Read(f), t => ContentHash.TryParse(t, out ContentHash id) ? id : default);
    }

    [Fact]
    public void An_id_is_shown_as_32_lower_case_digits_in_the_order_of_its_bytes()
    {
        byte[] bytes = [.. Enumerable.Range(0xA0, 16).Select(i => (byte)i)];
        Assert.Equal("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", SourceId.Read(bytes).ToString());
        Assert.Equal("00000000000000000000000000000001", new PacketId(1).ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a0a1a2a3a4a5a6a7a8a9aaabacadaea")]
    [InlineData("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0")]
    [InlineData(" 0a1a2a3a4a5a6a7a8a9aaabacadaeaf")]
    [InlineData("+0a1a2a3a4a5a6a7a8a9aaabacadaeaf")]
    [InlineData("0xa1a2a3a4a5a6a7a8a9aaabacadaeaf")]
    [InlineData("g0a1a2a3a4a5a6a7a8a9aaabacadaeaf")]
    public void What_is_no_id_is_not_parsed(string? text)
    {
        Assert.False(SourceId.TryParse(text, out _));
        Assert.False(PacketId.TryParse(text, out _));
        Assert.False(EpochId.TryParse(text, out _));
        Assert.False(ContentHash.TryParse(text, out _));
    }

    [Fact]
    public void Only_the_zero_id_is_empty()
    {
        Assert.True(default(SourceId).IsEmpty && default(PacketId).IsEmpty && default(EpochId).IsEmpty && default(ContentHash).IsEmpty);
        Assert.False(new SourceId(1).IsEmpty || new PacketId(1).IsEmpty || new EpochId(1).IsEmpty || new ContentHash(1).IsEmpty);
    }

    private delegate void Write<T>(T id, Span<byte> to);

    private delegate T Read<T>(ReadOnlySpan<byte> from);

    private static void Check<T>(T a, T b, Write<T> write, Read<T> read, Func<string, T> parse)
        where T : struct, IComparable<T>
    {
        byte[] x = new byte[16], y = new byte[16];
        write(a, x);
        write(b, y);
        Assert.Equal(a, read(x));
        Assert.Equal(a, parse(a.ToString()!));
        Assert.Equal(Convert.ToHexStringLower(x), a.ToString());
        Assert.Equal(Math.Sign(a.CompareTo(b)), Math.Sign(x.AsSpan().SequenceCompareTo(y)));
        Assert.Equal(Math.Sign(a.CompareTo(b)), Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())));
    }
}
