using System.Buffers;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Hides e-mail addresses: a name, an @, and a domain with a dot whose last part has two letters or more.</summary>
internal sealed class EmailMask() : Mask("email")
{
    private static readonly LiteralFilter At = new("@");
    private static readonly SearchValues<char> NameChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-");

    public override bool MayMatch(SourceView view, ReadOnlySpan<byte> bytes) => At.MayHave(view, bytes);

    public override void Find(ReadOnlySpan<char> text, List<(int From, int To)> into)
    {
        int done = 0;
        while (text[done..].IndexOf('@') is >= 0 and int next)
        {
            int at = done + next;
            int name = text[done..at].LastIndexOfAnyExcept(NameChars);
            int from = name < 0 ? done : done + name + 1;
            // A key before the address (mail=a@b.c) is none of it.
            if (text[from..at].IndexOf('=') is >= 0 and int equals)
                from += equals + 1;
            int domain = DomainLength(text[(at + 1)..]);
            done = at + 1;
            if (from == at || domain == 0)
                continue;
            done = at + 1 + domain;
            into.Add((from, done));
        }
    }

    /// <summary>Length of the longest domain at the start; 0 when none stands there.</summary>
    private static int DomainLength(ReadOnlySpan<char> text)
    {
        int best = 0;
        int label = 0;
        int labels = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ' ';
            if (char.IsLetterOrDigit(c) || (c == '-' && i > label))
                continue;
            int length = i - label;
            if (length == 0)
                break;
            labels++;
            if (labels > 1 && length >= 2 && char.IsLetter(text[label]) && text[i - 1] != '-')
                best = i;
            if (c != '.')
                break;
            label = i + 1;
        }
        return best;
    }
}
