namespace Tailer.Agent;

/// <summary>
/// Names that rotation gives to what was at a path: <c>app.log.1</c>, <c>app.log-20261122</c>, <c>app.log.20261122-101112</c>,
/// <c>app-20261122.log</c>, <c>app.2.log</c>, <c>app.log.old</c>.
/// </summary>
internal static class RotatedName
{
    private const int SuffixCharsMax = 40;

    /// <summary>Fewer digits than this are a number that counts rotations; more are a date.</summary>
    private const int CounterDigitsMax = 5;

    /// <summary>
    /// True when <paramref name="name"/> is such a name for <paramref name="original"/>. Among names of one form a greater
    /// <paramref name="age"/> is an older file.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> original, ReadOnlySpan<char> name, out long age)
    {
        age = 0;
        if (FileSet.IsPacked(name))
        {
            name = Path.GetFileNameWithoutExtension(name);
            if (name.SequenceEqual(original))
                return true;
        }
        if (name.Length <= original.Length)
            return false;
        if (name.StartsWith(original) && IsMark(name[original.Length..], needsDate: false, out age))
            return true;
        int dot = ExtensionStart(original);
        ReadOnlySpan<char> extension = original[dot..];
        return dot > 0 && !extension.IsEmpty && name.StartsWith(original[..dot]) && name.EndsWith(extension)
            && IsMark(name[dot..^extension.Length], needsDate: true, out age);
    }

    /// <summary>Every name of which <paramref name="name"/> may be a rotation, packed or not.</summary>
    public static IEnumerable<string> Originals(string name)
    {
        if (FileSet.IsPacked(name))
        {
            string unpacked = Path.GetFileNameWithoutExtension(name);
            foreach (string original in Originals(unpacked).Append(unpacked))
                yield return original;
            yield break;
        }
        int dot = ExtensionStart(name);
        for (int i = name.Length - 1; i > 0; i--)
        {
            if (name[i] is not ('.' or '-' or '_'))
                continue;
            if (IsMark(name.AsSpan(i), needsDate: false, out _))
                yield return name[..i];
            if (i < dot && dot < name.Length && IsMark(name.AsSpan(i, dot - i), needsDate: true, out _))
                yield return string.Concat(name.AsSpan(0, i), name.AsSpan(dot));
        }
    }

    /// <summary>
    /// A separator, then digits and what stands between them in dates. Before an extension a counter needs a dot
    /// (<c>app.2.log</c>), because <c>app-2.log</c> is another program's log.
    /// </summary>
    private static bool IsMark(ReadOnlySpan<char> mark, bool needsDate, out long age)
    {
        age = 0;
        if (mark.Length is < 2 or > SuffixCharsMax || mark[0] is not ('.' or '-' or '_'))
            return false;
        ReadOnlySpan<char> body = mark[1..];
        if (!needsDate && (body is "old" or "prev"))
        {
            age = 1;
            return true;
        }
        if (!char.IsAsciiDigit(body[0]))
            return false;
        int digits = 0;
        long number = 0;
        foreach (char c in body)
        {
            if (char.IsAsciiDigit(c))
            {
                digits++;
                number = digits <= 18 ? number * 10 + (c - '0') : number;
            }
            else if (c is not ('.' or '-' or '_' or ':' or 'T' or 'Z'))
            {
                return false;
            }
        }
        bool counter = digits <= CounterDigitsMax && digits == body.Length;
        age = counter ? number : -number;
        return !needsDate || digits > CounterDigitsMax || (counter && mark[0] == '.');
    }

    /// <summary>Where the last extension of letters begins; the length when there is none.</summary>
    private static int ExtensionStart(ReadOnlySpan<char> name)
    {
        int dot = name.LastIndexOf('.');
        return dot > 0 && dot + 1 < name.Length && char.IsAsciiLetter(name[dot + 1]) ? dot : name.Length;
    }
}
