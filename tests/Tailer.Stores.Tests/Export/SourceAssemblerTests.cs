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
