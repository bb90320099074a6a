namespace Tailer.Queries;

/// <summary>Why a text is not a query: where (UTF-16 units from 0), what, and what to write instead.</summary>
public sealed class QueryError
{
    private const int BeforeCaretCharsMax = 60;
    private const int ShownCharsMax = 100;

    private readonly string text;

    internal QueryError(string text, int position, string message, string hint)
    {
        this.text = text;
        Position = position;
        Message = message;
        Hint = hint;
    }

    /// <summary>Where the faulty part starts; the length of the text when something is missing at its end.</summary>
    public int Position { get; }

    public string Message { get; }

    public string Hint { get; }

    /// <summary>
    /// Two lines for a monospaced view: the query, and <c>^</c> under the place with message and hint. A long query is
    /// cut around the place; control characters are shown as spaces, so that columns and terminals stay in order.
    /// </summary>
    public string Caret
    {
        get
        {
            int start = Math.Max(0, Position - BeforeCaretCharsMax);
            int end = Math.Min(text.Length, start + ShownCharsMax);
            if (start > 0 && char.IsLowSurrogate(text[start]))
                start++;
            string before = start > 0 ? "…" : "";
            string after = end < text.Length ? "…" : "";
            string shown = string.Create(end - start, (text, start), static (to, from) =>
            {
                for (int i = 0; i < to.Length; i++)
                    to[i] = char.IsControl(from.text[from.start + i]) ? ' ' : from.text[from.start + i];
            });
            int column = before.Length + Columns(text.AsSpan(start, Position - start));
            return $"{before}{shown}{after}\n{new string(' ', column)}^ {Message}; {Hint}";
        }
    }

    public override string ToString() => $"column {Position + 1}: {Message}; {Hint}";

    private static int Columns(ReadOnlySpan<char> text)
    {
        int columns = 0;
        foreach (char c in text)
            columns += char.IsLowSurrogate(c) ? 0 : 1;
        return columns;
    }
}
