using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tailer.Queries;

/// <summary>
/// The characters terms are made of: letters, marks, decimal digits, letter numbers, connector punctuation such as
/// <c>_</c>, and the two joiners (<c>\w</c> of Unicode TR 18, without Other_Alphabetic). Bytes that are not UTF-8 are none.
/// </summary>
internal static class TermChars
{
    private static readonly SearchValues<byte> Ascii =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"u8);

    public static bool Contains(Rune rune)
    {
        if (rune.IsAscii)
            return Ascii.Contains((byte)rune.Value);
        if (rune.Value is 0x200C or 0x200D)
            return true;
        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
    }

    /// <summary>True when the character that starts at the index is one of a term.</summary>
    public static bool At(ReadOnlySpan<byte> line, int index)
    {
        if (index >= line.Length)
            return false;
        if (line[index] < 0x80)
            return Ascii.Contains(line[index]);
        return Rune.DecodeFromUtf8(line[index..], out Rune rune, out _) == OperationStatus.Done && Contains(rune);
    }

    /// <summary>True when the character that ends before the index is one of a term.</summary>
    public static bool Before(ReadOnlySpan<byte> line, int index)
    {
        if (index == 0)
            return false;
        if (line[index - 1] < 0x80)
            return Ascii.Contains(line[index - 1]);
        return Rune.DecodeLastFromUtf8(line[..index], out Rune rune, out _) == OperationStatus.Done && Contains(rune);
    }

    /// <summary>Where the run of term characters that starts at the index ends.</summary>
    public static int RunEnd(ReadOnlySpan<byte> line, int index)
    {
        while (index < line.Length)
        {
            int skipped = line[index..].IndexOfAnyExcept(Ascii);
            if (skipped < 0)
                return line.Length;
            index += skipped;
            if (Rune.DecodeFromUtf8(line[index..], out Rune rune, out int bytes) != OperationStatus.Done || !Contains(rune))
                return index;
            index += bytes;
        }
        return index;
    }
}
