namespace Tailer.Blocks;

/// <summary>
/// A Bloom filter over what a block's lines contain: what it does not have is in no line. Byte table: docs/formats/segment.md.
/// </summary>
public sealed class BlockFilter
{
    /// <summary>Eight bits a key and four hashes: one key in forty is found that is not there, so three in a row hardly ever.</summary>
    private const int BitsPerKey = 8;
    private const int Hashes = 4;

    private readonly byte[] bits;

    private BlockFilter(byte[] bits, int timeDigits)
    {
        this.bits = bits;
        TimeDigits = timeDigits;
    }

    /// <summary>Knows nothing: every line may be there.</summary>
    public static BlockFilter None { get; } = new([], 0);

    /// <summary>Longest run of digits in times of leads, which are not in the filter: only longer numbers may be asked for.</summary>
    public int TimeDigits { get; }

    public bool IsNone => bits.Length == 0;

    public int Bytes => bits.Length;

    public bool MayHave(ulong key)
    {
        if (IsNone)
            return true;
        ulong size = (ulong)bits.Length * 8, step = key >> 32 | 1;
        for (int i = 0; i < Hashes; i++)
        {
            ulong bit = (uint)(key + (ulong)i * step) * size >> 32;
            if ((bits[bit >> 3] >> (int)(bit & 7) & 1) == 0)
                return false;
        }
        return true;
    }

    internal static BlockFilter Of(IReadOnlyCollection<ulong> keys, int timeDigits)
    {
        var filter = new BlockFilter(new byte[Math.Max(8, keys.Count * BitsPerKey / 8)], timeDigits);
        ulong size = (ulong)filter.bits.Length * 8;
        foreach (ulong key in keys)
        {
            ulong step = key >> 32 | 1;
            for (int i = 0; i < Hashes; i++)
            {
                ulong bit = (uint)(key + (ulong)i * step) * size >> 32;
                filter.bits[bit >> 3] |= (byte)(1 << (int)(bit & 7));
            }
        }
        return filter;
    }

    internal void WriteTo(ByteWriter w)
    {
        w.U8((byte)Math.Min(TimeDigits, byte.MaxValue));
        w.LengthPrefixed(bits);
    }

    internal static BlockFilter Read(ref SpanReader r)
    {
        int timeDigits = r.U8();
        ReadOnlySpan<byte> bits = r.LengthPrefixed(r.Remaining);
        return bits.IsEmpty ? None : new BlockFilter(bits.ToArray(), timeDigits);
    }
}
