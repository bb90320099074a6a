using System.Globalization;
using System.Text;

namespace Tailer.Queries;

/// <summary>
/// Recursive descent over the text (the grammar is in docs/query.md). The first error ends it: every method returns null
/// once <see cref="Error"/> is set. Recursion is bounded by <see cref="QueryLimits.DepthMax"/>.
/// </summary>
internal sealed class QueryParser(string text)
{
    private int position;
    private int leaves;
    private int regexes;

    public QueryError? Error { get; private set; }

    public QueryNode? Parse()
    {
        if (text.Length > QueryLimits.TextCharsMax)
            return Fail(QueryLimits.TextCharsMax, $"a query has at most {QueryLimits.TextCharsMax} characters", "search for less at once");
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return Fail(i, "half a character (a lone surrogate)", "remove it");
            i++;
        }
        SkipBlanks();
        if (position == text.Length)
            return EverythingNode.Instance;
        QueryNode? node = ParseOr(0);
        if (node is not null && position < text.Length)
            return Fail(position, "no ( to close", "remove the ), or quote it to search for it: \")\"");
        return node;
    }

    private QueryNode? ParseOr(int depth)
    {
        var parts = new List<QueryNode>();
        while (true)
        {
            if (ParseAnd(depth) is not { } part)
                return null;
            parts.Add(part);
            if (!TryKeyword(Keywords.Or))
                return OrNode.Of(parts);
        }
    }

    private QueryNode? ParseAnd(int depth)
    {
        var parts = new List<QueryNode>();
        while (true)
        {
            SkipBlanks();
            bool ends = position == text.Length || text[position] == ')' || IsKeyword(Keywords.Or);
            if (ends && parts.Count > 0)
                return AndNode.Of(parts);
            if (ends || IsKeyword(Keywords.And))
                return FailMissing();
            if (ParseNot(depth) is not { } part)
                return null;
            parts.Add(part);
            if (TryKeyword(Keywords.And) && IsAtEndOfParts())
                return FailMissing();
        }
    }

    private QueryNode? ParseNot(int depth)
    {
        if (depth >= QueryLimits.DepthMax)
            return Fail(position, $"nested deeper than {QueryLimits.DepthMax}", "use fewer parentheses");
        int start = position;
        if (TryKeyword(Keywords.Not))
        {
            if (IsAtEndOfParts())
                return FailMissing();
        }
        else if (text[position] == '-')
        {
            position++;
            if (position == text.Length || text[position] == '-' || (WordReader.EndsWord(text[position]) && text[position] != '('))
                return Fail(start, "a - stands before what must not match", "quote it to search for it: \"-\"");
        }
        else
        {
            return ParsePart(depth);
        }
        return ParseNot(depth + 1) is { } part ? NotNode.Of(part) : null;
    }

    private QueryNode? ParsePart(int depth)
    {
        if (text[position] == '(')
            return ParseGroup(depth);
        if (++leaves > QueryLimits.LeavesMax)
            return Fail(position, $"more than {QueryLimits.LeavesMax} terms", "search for less at once");
        return text[position] == '/' ? ParseRegex() : ParseWord();
    }

    private QueryNode? ParseGroup(int depth)
    {
        int open = position++;
        SkipBlanks();
        if (position < text.Length && text[position] == ')')
            return Fail(open, "nothing between ( and )", "quote them to search for them: \"()\"");
        if (ParseOr(depth + 1) is not { } inner)
            return null;
        if (position == text.Length)
            return Fail(open, "no ) to close this (", "add a ), or quote it to search for it: \"(\"");
        position++;
        return inner;
    }

    private QueryNode? ParseRegex()
    {
        int start = position++;
        var pattern = new StringBuilder();
        for (; position < text.Length && text[position] != '/'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
            {
                position++;
                pattern.Append(text[position] == '/' ? "" : "\\");
            }
            pattern.Append(text[position]);
        }
        if (position == text.Length)
            return Fail(start, "no / to close this /", "/.../ is a regular expression; quote a path to search for it: \"/var/log\"");
        position++;
        bool ignoreCase = position < text.Length && text[position] == 'i';
        position += ignoreCase ? 1 : 0;
        if (!IsAtWordEnd())
            return Fail(position, "only i may follow the / that ends a regular expression", "quote a path to search for it: \"/var/log\"; write \\/ for a / in an expression");
        if (pattern.Length == 0)
            return Fail(start, "nothing between / and /", "quote it to search for it: \"//\"");
        if (++regexes > QueryLimits.RegexesMax)
            return Fail(start, $"more than {QueryLimits.RegexesMax} regular expressions", "join them with | in one");
        return RegexNode.TryCreate(pattern.ToString(), ignoreCase, out string reason) is { } node
            ? node
            : Fail(start, reason, "quote it to search for the text itself");
    }

    private QueryNode? ParseWord()
    {
        int start = position;
        int nameEnd = start;
        while (nameEnd < text.Length && (char.IsLetterOrDigit(text[nameEnd]) || text[nameEnd] is '_' or '.' or '-'))
            nameEnd++;
        ReadOnlySpan<char> name = text.AsSpan(start, nameEnd - start);
        char next = nameEnd < text.Length ? text[nameEnd] : '\0';
        if (next == ':' && FieldNames.Find(name) is { } field)
            return ParseField(field, start, nameEnd + 1);
        if (next == ':' && FieldNames.Resembling(name) is { } meant)
            return Fail(start, $"there is no field {name}", $"did you mean {meant}: ? Quote the whole word to search for it");
        if (next == '=' && name.Length > 0)
            return ReadValue(start, nameEnd + 1) is { } value ? new KeyValueNode(name.ToString(), value) : null;
        return ParseText(start);
    }

    private QueryNode? ParseField(string field, int start, int valueStart)
    {
        if (field is not (FieldNames.Level or FieldNames.Pid))
            return ReadValue(start, valueStart) is { } value ? new FieldNode(FieldNames.FieldOf(field), value) : null;
        position = valueStart;
        while (!IsAtWordEnd())
            position++;
        if (field == FieldNames.Level)
        {
            return LevelParser.TryParse(text, valueStart, position, out SeveritySet severities, out int faulty)
                ? new LevelNode(severities)
                : Fail(faulty, "not a level", LevelParser.Hint);
        }
        return uint.TryParse(text.AsSpan(valueStart, position - valueStart), NumberStyles.None, CultureInfo.InvariantCulture, out uint pid)
            ? new PidNode(pid)
            : Fail(valueStart, "not a process id", "pid: takes one number, such as pid:4711");
    }

    private IReadOnlyList<string>? ReadValue(int start, int valueStart)
    {
        if (ReadWord(valueStart) is not { } parts)
            return null;
        if (position > valueStart)
            return parts;
        Fail(valueStart, "a value is missing", $"use * for any value; quote it to search for the text: \"{text[start..valueStart]}\"");
        return null;
    }

    private QueryNode? ParseText(int start)
    {
        if (ReadWord(start, mayHaveTilde: true) is not { } parts)
            return null;
        if (parts.All(part => part.Length == 0))
        {
            return parts.Count > 1
                ? EverythingNode.Instance
                : Fail(start, "nothing between the quotes", "use * to match everything");
        }
        if (!isOneQuote || position == text.Length || text[position] != '~')
            return new TextNode(parts);
        position++;
        bool ignoreCase = position < text.Length && text[position] == 'i';
        position += ignoreCase ? 1 : 0;
        return IsAtWordEnd()
            ? new SubstringNode(parts[0], ignoreCase)
            : Fail(position, "only i may follow the ~", "\"text\"~ finds the text anywhere, \"text\"~i in any case");
    }

    private bool isOneQuote;

    private IReadOnlyList<string>? ReadWord(int start, bool mayHaveTilde = false)
    {
        var reader = new WordReader(text, start, mayHaveTilde);
        bool read = reader.TryRead();
        position = reader.Position;
        isOneQuote = reader.IsOneQuote;
        if (!read)
            Fail(reader.UnclosedQuote, "no \" to close this \"", "add a \", or write \\\" for one inside quotes");
        else if (position < text.Length && text[position] == '(')
            Fail(position, "a ( directly after a word", "put a blank before it, or quote the whole to search for it");
        else if (reader.Parts.Count - 1 > QueryLimits.StarsMax)
            Fail(start, $"more than {QueryLimits.StarsMax} stars in one word", "use a regular expression: /.../");
        else
            return reader.Parts;
        return null;
    }

    private void SkipBlanks()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
            position++;
    }

    private bool IsAtWordEnd() => position == text.Length || WordReader.EndsWord(text[position]);

    private bool IsAtEndOfParts() => position == text.Length || text[position] == ')' || IsKeyword(Keywords.Or) || IsKeyword(Keywords.And);

    private bool IsKeyword(string keyword)
    {
        int end = position + keyword.Length;
        return string.CompareOrdinal(text, position, keyword, 0, keyword.Length) == 0
            && (end == text.Length || char.IsWhiteSpace(text[end]) || text[end] is '(' or ')');
    }

    private bool TryKeyword(string keyword)
    {
        SkipBlanks();
        if (!IsKeyword(keyword))
            return false;
        position += keyword.Length;
        SkipBlanks();
        return true;
    }

    private QueryNode? FailMissing() =>
        Fail(position, "something to search for is missing here", "OR, AND and NOT join or negate what stands beside them; quote them to search for the words");

    private QueryNode? Fail(int at, string message, string hint)
    {
        Error ??= new QueryError(text, at, message, hint);
        return null;
    }
}
