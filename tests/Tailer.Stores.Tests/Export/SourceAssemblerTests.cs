using FsCheck.Xunit;
using Tailer.Blocks;

namespace Tailer.Stores.Tests.Export;

public sealed class SourceAssemblerTests
{
    [Property(MaxTest = 300)]
    public void Pieces_in_any_order_with_repeats_and_holes_give_the_bytes_in_order_and_name_what_is_missing(int seed)
    {
        var random = new Random(seed);
        byte[] source = new byte[random.Next(1, 200)];
        random.NextBytes(source);
        var held = new Coverage();
        var pieces = new List<(int From, int To)>();
        for (int i = random.Next(12); i >= 0; i--)
        {
            int from = random.Next(source.Length), to = Math.Min(source.Length, from + random.Next(1, 40));
            pieces.Add((from, to));
            held.Add(new ByteRange((ulong)from, (ulong)to));
        }
        using var output = new MemoryStream();
        var assembler = new SourceAssembler(output, held, 0, (ulong)source.Length);
        foreach ((int from, int to) in pieces)
            assembler.Add((ulong)from, source.AsSpan(from..to));
        assembler.Finish();

        byte[] expected = [.. Enumerable.Range(0, source.Length).Where(i => pieces.Any(p => p.From <= i && i < p.To)).Select(i => source[i])];
        Assert.Equal(expected, output.ToArray());
        Assert.Equal(held.Gaps(new ByteRange(0, (ulong)source.Length)), new Coverage(assembler.Missing));
        Assert.Equal(0, assembler.HeldBackBytes);
    }

    [Property(MaxTest = 300)]
    public void Holes_that_are_claimed_and_passed_over_hold_nothing_back(int seed)
    {
        var random = new Random(seed);
        byte[] source = new byte[random.Next(1, 200)];
        random.NextBytes(source);
        List<(int From, int To, bool IsHole)> pieces = [];
        for (int at = 0; at < source.Length;)
        {
            int to = Math.Min(source.Length, at + random.Next(1, 20));
            pieces.Add((at, to, random.Next(2) == 0));
            at = to;
        }
        using var output = new MemoryStream();
        var assembler = new SourceAssembler(output, new Coverage([new ByteRange(0, (ulong)source.Length)]), 0, (ulong)source.Length);
        // Nearly in order, as packets come.
        foreach ((int from, int to, bool isHole) in pieces.OrderBy(p => p.From + random.Next(30)))
        {
            if (isHole)
                assembler.Pass((ulong)from, (ulong)to);
            else
                assembler.Add((ulong)from, source.AsSpan(from..to));
        }
        Assert.Equal(0, assembler.HeldBackBytes);
        assembler.Finish();
        Assert.Equal(pieces.Where(p => !p.IsHole).SelectMany(p => source[p.From..p.To]), output.ToArray());
        Assert.Equal(new Coverage(pieces.Where(p => p.IsHole).Select(p => new ByteRange((ulong)p.From, (ulong)p.To))), new Coverage(assembler.Missing));
    }

    [Fact]
    public void Only_the_asked_range_is_written()
    {
        var held = new Coverage([new ByteRange(0, 10)]);
        using var output = new MemoryStream();
        var assembler = new SourceAssembler(output, held, 3, 7);
        assembler.Add(0, "0123456789"u8);
        assembler.Finish();
        Assert.Equal("3456"u8.ToArray(), output.ToArray());
        Assert.Empty(assembler.Missing);
    }

    [Fact]
    public void Nothing_is_held_back_for_bytes_that_no_place_has()
    {
        var held = new Coverage([new ByteRange(5, 10)]);
        using var output = new MemoryStream();
        var assembler = new SourceAssembler(output, held, 0, 10);
        assembler.Add(5, "56789"u8);
        Assert.Equal(0, assembler.HeldBackBytes);
        Assert.Equal("56789"u8.ToArray(), output.ToArray());
    }
}
