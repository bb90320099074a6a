namespace Tailer.Blocks.Tests.Fuzz;

/// <summary>A decoder, and how inputs for it are made.</summary>
internal sealed class FuzzTarget
{
    public const int InputBytesMax = 4096;

    private const int SampleCount = 24;

    private readonly Lazy<byte[][]> samples;

    public FuzzTarget(Func<TestData, byte[]> make) => samples = new Lazy<byte[][]>(() => [.. Enumerable.Range(0, SampleCount).Select(i => make(new TestData(new Random(i))))]);

    public required string Name { get; init; }

    /// <summary>How many inputs of a million or more are this one's.</summary>
    public required int Inputs { get; init; }

    /// <summary>Made once for some thousand inputs, so that what is kept from input to input is tested too.</summary>
    public required Func<FuzzDecoder> Start { get; init; }

    /// <summary>An input of these samples, of any length; longer than <see cref="InputBytesMax"/> it is cut.</summary>
    public Func<Random, byte[][], byte[]> Change { get; init; } = Mutation.OfAny;

    /// <summary>Makes checksums right, or nothing behind them would be tested.</summary>
    public Action<byte[]>? Mend { get; init; }

    /// <summary>Memory per byte of input: a skip of a manifest takes 3 bytes there and 24 in memory, a tag 2 and 64.</summary>
    public int AllocatedPerByte { get; init; } = 48;

    public long AllocatedFixed { get; init; } = 32 * 1024;

    public byte[][] Samples => samples.Value;

    public byte[] Next(Random random)
    {
        byte[] input = Change(random, Samples);
        if (input.Length > InputBytesMax)
            input = input[..InputBytesMax];
        if (Mend is not null && input.Length >= 100 && random.Next(8) > 0)
            Mend(input);
        return input;
    }
}
