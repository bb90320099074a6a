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
        foreach (ValueMatch key in Key.EnumerateMatches(text))
        {
            int from = key.Index + key.Length;
            int length = text[from..].IndexOfAny(ValueEnds);
            if (length != 0)
                into.Add((from, length < 0 ? text.Length : from + length));
        }
        foreach (ValueMatch form in Form.EnumerateMatches(text))
            into.Add((form.Index, form.Index + form.Length));
        FindInUrls(text, into);
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
