using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Hides card numbers: 13 to 19 digits, with single blanks or dashes between them or none, of a length and beginning that issuers use
/// (ISO/IEC 7812-1), and with the right check digit (Luhn; annex B there). Numbers that are longer are left alone.
/// </summary>
internal sealed class CardMask() : Mask("card")
{
    private const int DigitsMin = 13;
    private const int DigitsMax = 19;

    public override bool MayMatch(SourceView view, ReadOnlySpan<byte> bytes)
    {
        if (view is SourceView.Utf16Le or SourceView.Utf16Be)
            return bytes.ContainsAnyInRange((byte)'3', (byte)'6');
        int run = 0;
        int at = bytes.IndexOfAnyInRange((byte)'0', (byte)'9');
        for (; at >= 0 && at < bytes.Length; at++)
        {
            byte b = bytes[at];
            if (LineScanner.IsDigit(b))
            {
                if (++run == DigitsMin)
                    return true;
            }
            else if (b is not ((byte)' ' or (byte)'-'))
            {
                run = 0;
                int next = bytes[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
                if (next < 0)
                    return false;
                at += next - 1;
            }
        }
        return false;
    }

    public override void Find(ReadOnlySpan<char> text, List<(int From, int To)> into)
    {
        int at = 0;
        while (at < text.Length)
        {
            int next = text[at..].IndexOfAnyInRange('0', '9');
            if (next < 0)
                return;
            at += next;
            if (at == 0 || !IsWord(text[at - 1]))
            {
                int length = CardLength(text[at..]);
                if (length > 0)
                {
                    into.Add((at, at + length));
                    at += length;
                    continue;
                }
            }
            // The rest of this number is no number of its own; the next group after a blank or dash may be.
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
        }
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static int CardLength(ReadOnlySpan<char> text)
    {
        Span<byte> digits = stackalloc byte[DigitsMax];
        int count = 0;
        int best = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsAsciiDigit(c))
            {
                if (count == DigitsMax)
                    return best;
                digits[count++] = (byte)(c - '0');
                bool ends = i + 1 == text.Length || !IsWord(text[i + 1]);
                if (ends && count >= DigitsMin && IsIssued(digits[..count]) && IsLuhn(digits[..count]))
                    best = i + 1;
            }
            else if (c is not (' ' or '-') || i + 1 == text.Length || !char.IsAsciiDigit(text[i + 1]))
            {
                return best;
            }
        }
        return best;
    }

    /// <summary>Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro.</summary>
    private static bool IsIssued(ReadOnlySpan<byte> d)
    {
        int two = d[0] * 10 + d[1];
        int four = two * 100 + d[2] * 10 + d[3];
        return d.Length switch
        {
            13 => d[0] == 4,
            14 => two is 36 or 38 or 39 || four / 10 is >= 300 and <= 305,
            15 => two is 34 or 37,
            16 => d[0] == 4 || two is >= 51 and <= 55 || four is >= 2221 and <= 2720 || two is 35 or 60 or 62 or 64 or 65 or 50 or 56 or 57 or 58 or 67,
            17 or 18 => two is 62 or 50 or 56 or 57 or 58 or 67,
            _ => d[0] == 4 || two is 62 or 50 or 56 or 57 or 58 or 67,
        };
    }

    private static bool IsLuhn(ReadOnlySpan<byte> digits)
    {
        int sum = 0;
        for (int i = digits.Length - 1, place = 0; i >= 0; i--, place++)
        {
            int digit = digits[i] << (place & 1);
            sum += digit > 9 ? digit - 9 : digit;
        }
        return sum % 10 == 0;
    }
}
