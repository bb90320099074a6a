using System.Numerics;

namespace Tailer.Blocks;

/// <summary>Logarithms in sixteenths of a bit, in whole numbers, so that every machine chooses the same coding.</summary>
internal static class BitCost
{
    public const int Unit = 16;

    private const int TableSize = 4096;
    private static readonly ushort[] Table = Make();

    /// <summary>16 x log2 of a positive number, rounded down.</summary>
    public static int Log2(int value)
    {
        if (value < TableSize)
            return Table[value];
        int shift = BitOperations.Log2((uint)value) - 11;
        return Table[value >> shift] + shift * Unit;
    }

    private static ushort[] Make()
    {
        var table = new ushort[TableSize];
        for (int i = 1; i < TableSize; i++)
        {
            int whole = BitOperations.Log2((uint)i);
            ulong mantissa = ((ulong)i << 31) >> whole;
            int result = whole;
            // Each squaring of a mantissa in [1, 2) gives the next binary digit of its logarithm.
            for (int bit = 0; bit < 4; bit++)
            {
                mantissa = (mantissa * mantissa) >> 31;
                result <<= 1;
                if (mantissa >= 1UL << 32)
                {
                    mantissa >>= 1;
                    result |= 1;
                }
            }
            table[i] = (ushort)result;
        }
        return table;
    }
}
