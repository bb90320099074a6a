using System.Text;

namespace Tailer.Queries;

/// <summary>
/// Unicode simple case folding (CaseFolding.txt, status C and S) with one restriction: ASCII folds to ASCII only, and
/// nothing else does. So U+017F (long s) and U+212A (Kelvin sign) equal themselves, not <c>s</c> and <c>k</c>, and a search
/// for ASCII letters never has to look at other bytes.
/// </summary>
internal static class CaseFold
{
    private static readonly Lazy<Dictionary<int, int[]>> VariantsOf = new(FindVariants);

    public static int Fold(Rune rune)
    {
        int value = rune.Value;
        if (value < 0x80)
            return value is >= 'A' and <= 'Z' ? value | 0x20 : value;
        // Upper first: several lower-case letters (final sigma, micro sign) meet only in their upper-case form.
        Rune upper = Rune.ToUpperInvariant(rune);
        if (upper.IsAscii)
            upper = rune;
        Rune lower = Rune.ToLowerInvariant(upper);
        return lower.IsAscii ? value : lower.Value;
    }

    public static int[] FoldAll(string text)
    {
        var folded = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            folded.Add(Fold(rune));
        return [.. folded];
    }

    /// <summary>All code points that fold to this folded one, itself included.</summary>
    public static IReadOnlyList<int> Variants(int folded)
    {
        if (folded < 0x80)
            return folded is >= 'a' and <= 'z' ? [folded, folded & ~0x20] : [folded];
        return VariantsOf.Value.TryGetValue(folded, out int[]? variants) ? variants : [folded];
    }

    /// <summary>Only the classes with more than one member, about 1,400 of them.</summary>
    private static Dictionary<int, int[]> FindVariants()
    {
        var classes = new Dictionary<int, List<int>>();
        for (int value = 0x80; value < 0x20000; value++)
        {
            if (!Rune.TryCreate(value, out Rune rune))
                continue;
            int folded = Fold(rune);
            if (folded == value)
                continue;
            if (!classes.TryGetValue(folded, out List<int>? members))
                classes[folded] = members = [folded];
            members.Add(value);
        }
        return classes.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray());
    }
}
