using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Hides secrets: values of keys such as <c>password</c>, <c>token</c> and <c>api_key</c> (the key stays), what follows <c>Bearer</c>,
/// passwords in URLs, and the forms that well-known services give their tokens.
/// </summary>
internal sealed class TokenMask() : Mask("token")
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>A line without any of these has nothing that the expressions below match.</summary>
    private static readonly SearchValues<string> Signs = SearchValues.Create(
        ["token", "secret", "passw", "passphrase", "pwd", "key", "authorization", "credential", "bearer", "jwt", "eyj", "akia", "asia", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xox", "://"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly Regex Key = new(
        """(?:token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|authorization|credentials?|jwt)\\?["']?\s*[=:]\s*\\?["']?(?:(?:bearer|basic|digest|token|apikey)\s+)?|\bbearer\s+""",
        Options | RegexOptions.IgnoreCase);

    private static readonly Regex Form = new(
        """\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[opsur]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abeoprs]-[A-Za-z0-9-]{10,}""",
        Options);

    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n\"'`,;&)]}<>|\\");

    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create(" /?#\"'<>");

    private char[] chars = [];

    public override bool MayMatch(SourceView view, ReadOnlySpan<byte> bytes)
    {
        if (view is SourceView.Utf16Le or SourceView.Utf16Be)
            return true;
        if (chars.Length < bytes.Length)
            chars = new char[Math.Max(bytes.Length, 1024)];
        int length = Encoding.Latin1.GetChars(bytes, chars);
        return chars.AsSpan(0, length).ContainsAny(Signs);
    }

    public override void Find(ReadOnlySpan<char> text, List<(int From, int To)> into)
    {
        if (!text.ContainsAny(Signs))
            return;
        int hidden = 0;
        foreach (ValueMatch key in Key.EnumerateMatches(text))
        {
            int from = key.Index + key.Length;
            // A key inside a value ends where that does.
            if (from < hidden)
                continue;
            hidden = from + ValueLength(text.Slice(key.Index, key.Length), text[from..]);
            if (hidden > from)
                into.Add((from, hidden));
        }
        foreach (ValueMatch form in Form.EnumerateMatches(text))
            into.Add((form.Index, form.Index + form.Length));
        FindInUrls(text, into);
    }

    /// <summary>A value in quotes ends where they close, whatever is in it; one that never closes is hidden to the end.</summary>
    private static int ValueLength(ReadOnlySpan<char> key, ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> opening = key[(key.LastIndexOfAny('=', ':') + 1)..].TrimStart();
        bool isEscaped = opening.StartsWith('\\');
        opening = isEscaped ? opening[1..] : opening;
        if (opening.IsEmpty || opening[0] is not ('"' or '\''))
            return text.IndexOfAny(ValueEnds) is >= 0 and int end ? end : text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            // JSON within JSON: its quotes are escaped, those within its values twice.
            if (text[i] == opening[0] || (isEscaped && text[i..].StartsWith('\\') && i + 1 < text.Length && text[i + 1] == opening[0]))
                return i;
            if (text[i] == '\\')
                i += isEscaped ? 3 : 1;
        }
        return text.Length;
    }

    /// <summary>The password of <c>scheme://user:password@host</c>.</summary>
    private static void FindInUrls(ReadOnlySpan<char> text, List<(int From, int To)> into)
    {
        int done = 0;
        while (text[done..].IndexOf("://", StringComparison.Ordinal) is >= 0 and int next)
        {
            done += next + 3;
            ReadOnlySpan<char> rest = text[done..];
            int end = rest.IndexOfAny(AuthorityEnds);
            ReadOnlySpan<char> authority = end < 0 ? rest : rest[..end];
            int at = authority.LastIndexOf('@');
            int colon = authority.IndexOf(':');
            if (colon >= 0 && colon + 1 < at)
                into.Add((done + colon + 1, done + at));
        }
    }
}
