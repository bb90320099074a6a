namespace Tailer.Blocks;

/// <summary>Numbers and their digits, eight at once, each in a byte; the first digit in the lowest.</summary>
internal static class DecimalDigits
{
    private const ulong Zeros = 0x3030_3030_3030_3030;

    /// <summary>The eight ASCII digits of a number below 100,000,000. Divisions are multiplications in lanes of 32, then 16 bits.</summary>
    public static ulong Of(uint value)
    {
        uint high = value / 10_000;
        ulong fours = high | (ulong)(value - high * 10_000) << 32;
        ulong hundreds = (fours * 10_486 >> 20) & 0x7F_0000_007F;
        ulong pairs = hundreds | (fours - hundreds * 100) << 16;
        ulong tens = (pairs * 103 >> 10) & 0x000F_000F_000F_000F;
        return (tens | (pairs - tens * 10) << 8) + Zeros;
    }

    /// <summary>The number that 1 to 8 ASCII digits are; the bytes behind them are zero.</summary>
    public static uint Read(ulong digits, int count)
    {
        // Digits move up to the last place; zeros come in before them.
        digits = (digits << (8 * (sizeof(ulong) - count))) & 0x0F0F_0F0F_0F0F_0F0F;
        digits = digits * 10 + (digits >> 8);
        const ulong mask = 0x0000_00FF_0000_00FF;
        return (uint)(((digits & mask) * (100 + (1_000_000UL << 32)) + ((digits >> 16) & mask) * (1 + (10_000UL << 32))) >> 32);
    }
}
