using System.Runtime.CompilerServices;

namespace Tailer.Agent;

/// <summary>Reads fixed pieces of a line from a position. A piece that is not there leaves the position where it was.</summary>
internal ref struct LineScanner(ReadOnlySpan<byte> line, int position)
{
    private readonly ReadOnlySpan<byte> line = line;

    public int Position { get; set; } = position;

    public readonly bool AtEnd => Position >= line.Length;

    /// <summary>The next byte; 0 at the end.</summary>
    public readonly byte Next => Position < line.Length ? line[Position] : (byte)0;

    public readonly byte At(int ahead) => Position + ahead < line.Length ? line[Position + ahead] : (byte)0;

    public static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    public static bool IsLetter(byte b) => (uint)((b | 0x20) - 'a') <= 'z' - 'a';

    public bool Skip(byte b)
    {
        if (Next != b || AtEnd)
            return false;
        Position++;
        return true;
    }

    /// <summary>Skips either of two bytes.</summary>
    public bool SkipAny(byte a, byte b) => Skip(a) || Skip(b);

    public bool Skip(ReadOnlySpan<byte> text)
    {
        if (Position > line.Length || !line[Position..].StartsWith(text))
            return false;
        Position += text.Length;
        return true;
    }

    public void SkipSpaces()
    {
        while (Next == ' ')
            Position++;
    }

    /// <summary>Exactly two digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Two(out int value)
    {
        value = 0;
        if (Position + 2 > line.Length)
            return false;
        int tens = line[Position] - '0', ones = line[Position + 1] - '0';
        if ((uint)tens > 9 || (uint)ones > 9)
            return false;
        value = tens * 10 + ones;
        Position += 2;
        return true;
    }

    /// <summary>Exactly four digits.</summary>
    public bool Four(out int value)
    {
        int start = Position;
        if (Two(out value) && Two(out int low))
        {
            value = value * 100 + low;
            return true;
        }
        Position = start;
        return false;
    }

    /// <summary>How many digits stand here, counting no further than <paramref name="max"/>.</summary>
    public readonly int CountDigits(int max)
    {
        int n = 0;
        while (n < max && IsDigit(At(n)))
            n++;
        return n;
    }

    /// <summary>Digits that stand <paramref name="ahead"/> bytes further, up to three.</summary>
    public readonly int CountDigitsAfter(int ahead)
    {
        int n = 0;
        while (n < 3 && IsDigit(At(ahead + n)))
            n++;
        return n;
    }

    /// <summary>That many digits as a number; the caller has counted them (at most 18).</summary>
    public long Number(int digits)
    {
        long value = 0;
        for (int i = 0; i < digits; i++)
            value = value * 10 + (line[Position + i] - '0');
        Position += digits;
        return value;
    }

    /// <summary>Digits after a decimal sign as units of 10^-8; further digits are read and cut off.</summary>
    public uint Fraction()
    {
        uint value = 0;
        int digits = 0;
        for (; IsDigit(Next); Position++)
        {
            if (digits == 8)
                continue;
            value = value * 10 + (uint)(Next - '0');
            digits++;
        }
        for (; digits < 8; digits++)
            value *= 10;
        return value;
    }

    /// <summary>An English month name of three letters, any case; 1 to 12.</summary>
    public bool Month(out int month)
    {
        month = 0;
        if (Position + 3 > line.Length)
            return false;
        int letters = ((line[Position] | 0x20) << 16) | ((line[Position + 1] | 0x20) << 8) | (line[Position + 2] | 0x20);
        month = letters switch
        {
            ('j' << 16) | ('a' << 8) | 'n' => 1,
            ('f' << 16) | ('e' << 8) | 'b' => 2,
            ('m' << 16) | ('a' << 8) | 'r' => 3,
            ('a' << 16) | ('p' << 8) | 'r' => 4,
            ('m' << 16) | ('a' << 8) | 'y' => 5,
            ('j' << 16) | ('u' << 8) | 'n' => 6,
            ('j' << 16) | ('u' << 8) | 'l' => 7,
            ('a' << 16) | ('u' << 8) | 'g' => 8,
            ('s' << 16) | ('e' << 8) | 'p' => 9,
            ('o' << 16) | ('c' << 8) | 't' => 10,
            ('n' << 16) | ('o' << 8) | 'v' => 11,
            ('d' << 16) | ('e' << 8) | 'c' => 12,
            _ => 0,
        };
        if (month == 0)
            return false;
        Position += 3;
        return true;
    }

    /// <summary>An English weekday name of three letters.</summary>
    public bool Weekday()
    {
        if (Position + 3 > line.Length)
            return false;
        int letters = ((line[Position] | 0x20) << 16) | ((line[Position + 1] | 0x20) << 8) | (line[Position + 2] | 0x20);
        bool found = letters is (('m' << 16) | ('o' << 8) | 'n') or (('t' << 16) | ('u' << 8) | 'e') or (('w' << 16) | ('e' << 8) | 'd')
            or (('t' << 16) | ('h' << 8) | 'u') or (('f' << 16) | ('r' << 8) | 'i') or (('s' << 16) | ('a' << 8) | 't') or (('s' << 16) | ('u' << 8) | 'n');
        if (found)
            Position += 3;
        return found;
    }
}
