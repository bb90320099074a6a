using System.Text;

namespace Tailer.Queries;

/// <summary>Writes words so that the parser reads the same word back: bare where that is safe, quoted elsewhere.</summary>
internal static class QueryText
{
    private const string BareInText = "_.-@/";

    public static void AppendText(StringBuilder to, IReadOnlyList<Literal> parts)
    {
        bool keyword = parts.Count == 1 && Keywords.Contains(parts[0].Text);
        for (int i = 0; i < parts.Count; i++)
        {
            to.Append(i > 0 ? "*" : "");
            string part = parts[i].Text;
            bool bare = !keyword && part.All(IsBareInText) && (i > 0 || part.Length == 0 || IsLetterDigitOrLine(part[0]));
            AppendPart(to, part, bare);
        }
    }

    public static void AppendValue(StringBuilder to, IReadOnlyList<Literal> parts)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            to.Append(i > 0 ? "*" : "");
            bool isNothing = parts.Count == 1 && parts[i].IsEmpty;
            AppendPart(to, parts[i].Text, !isNothing && parts[i].Text.All(IsBareInValue));
        }
    }

    /// <summary>In quotes a backslash is only special before a quote or another backslash.</summary>
    public static void AppendQuoted(StringBuilder to, string text)
    {
        to.Append('"');
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                to.Append('\\');
            to.Append(c);
        }
        to.Append('"');
    }

    private static void AppendPart(StringBuilder to, string part, bool bare)
    {
        if (bare)
            to.Append(part);
        else
            AppendQuoted(to, part);
    }

    private static bool IsBareInText(char c) => IsLetterDigitOrLine(c) || BareInText.Contains(c, StringComparison.Ordinal);

    private static bool IsLetterDigitOrLine(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsBareInValue(char c) => !char.IsWhiteSpace(c) && !char.IsControl(c) && c is not ('"' or '*' or '(' or ')');
}
