using System.Text;

namespace Tailer.Queries;

/// <summary>
/// Reads one word: bare characters and quoted chunks without a blank between them, in parts that stars separate. In
/// quotes a star is a star, and a backslash before a quote or a backslash takes its meaning away.
/// </summary>
internal ref struct WordReader(string text, int start, bool mayHaveTilde = false)
{
    private readonly StringBuilder part = new();
    private readonly List<string> parts = [];
    private bool bareSeen;
    private int quotedChunks;

    public int Position { get; private set; } = start;

    /// <summary>Where the quote was opened that nothing closes, or -1.</summary>
    public int UnclosedQuote { get; private set; } = -1;

    /// <summary>The literals before, between and after the stars.</summary>
    public readonly IReadOnlyList<string> Parts => parts;

    /// <summary>True when the word is one quoted chunk and nothing else; such a word may be followed by a tilde.</summary>
    public readonly bool IsOneQuote => quotedChunks == 1 && !bareSeen;

    public static bool EndsWord(char c) => char.IsWhiteSpace(c) || c is '(' or ')';

    public bool TryRead()
    {
        while (Position < text.Length && !EndsWord(text[Position]))
        {
            char c = text[Position];
            if (c == '"')
            {
                if (!ReadQuoted())
                    return false;
                continue;
            }
            if (c == '~' && mayHaveTilde && IsOneQuote)
                break;
            bareSeen = true;
            Position++;
            if (c == '*')
                EndPart();
            else
                part.Append(c);
        }
        EndPart();
        Collapse();
        return true;
    }

    private bool ReadQuoted()
    {
        int open = Position++;
        quotedChunks++;
        for (; Position < text.Length; Position++)
        {
            char c = text[Position];
            if (c == '"')
            {
                Position++;
                return true;
            }
            if (c == '\\' && Position + 1 < text.Length && text[Position + 1] is '"' or '\\')
                c = text[++Position];
            part.Append(c);
        }
        UnclosedQuote = open;
        return false;
    }

    private readonly void EndPart()
    {
        parts.Add(part.ToString());
        part.Clear();
    }

    /// <summary>Stars side by side are one star.</summary>
    private readonly void Collapse()
    {
        for (int i = parts.Count - 2; i > 0; i--)
        {
            if (parts[i].Length == 0)
                parts.RemoveAt(i);
        }
    }
}
