using System.Text;
using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>A pattern for a whole value: literals with stars between them, each for any number of characters.</summary>
public sealed class Wildcard
{
    private readonly Literal[] parts;

    internal Wildcard(IReadOnlyList<string> parts, bool ignoreCase)
    {
        this.parts = [.. parts.Select(part => new Literal(part, ignoreCase))];
        IgnoreCase = ignoreCase;
    }

    public bool IgnoreCase { get; }

    /// <summary>True when there is no star: the value must equal <see cref="Parts"/>[0].</summary>
    public bool IsLiteral => parts.Length == 1;

    public bool MatchesEverything => parts.Length == 2 && parts[0].IsEmpty && parts[1].IsEmpty;

    /// <summary>The literals before, between and after the stars; the first and the last may be empty.</summary>
    public IReadOnlyList<string> Parts => [.. parts.Select(part => part.Text)];

    internal IReadOnlyList<Literal> Literals => parts;

    /// <summary>Invalid UTF-8 in the value is covered by stars only.</summary>
    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        if (!parts[0].StartsAt(value, 0, out int at))
            return false;
        if (parts.Length == 1)
            return at == value.Length;
        if (!parts[^1].EndsAt(value, value.Length, out int limit) || limit < at)
            return false;
        ReadOnlySpan<byte> rest = value[at..limit];
        for (int i = 1; i < parts.Length - 1; i++)
        {
            int cursor = 0;
            if (!parts[i].Next(rest, ref cursor, out _, out int end))
                return false;
            rest = rest[end..];
        }
        return true;
    }

    /// <summary>Whether what a source says of itself matches: its agent, any of its tags, or its path.</summary>
    public bool IsMatchOf(SourceDescriptor source, QueryField field) => field switch
    {
        QueryField.Agent => IsMatch(source.Agent),
        QueryField.Tag => IsMatchOfTag(source.Tags),
        _ => IsMatch(source.Path),
    };

    /// <summary>Whether a tag, as <c>name=text</c>, matches; false when there are none.</summary>
    public bool IsMatchOfTag(IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        const int StackChars = 512;
        Span<char> stack = stackalloc char[StackChars];
        for (int i = 0; i < tags.Count; i++)
        {
            (string name, string text) = tags[i];
            int length = name.Length + 1 + text.Length;
            Span<char> tag = length <= StackChars ? stack[..length] : new char[length];
            name.CopyTo(tag);
            tag[name.Length] = '=';
            text.CopyTo(tag[(name.Length + 1)..]);
            if (IsMatch(tag))
                return true;
        }
        return false;
    }

    public bool IsMatch(ReadOnlySpan<char> value)
    {
        const int StackBytes = 768;
        if (MatchesEverything)
            return true;
        int bytesMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = bytesMax <= StackBytes ? stackalloc byte[StackBytes] : new byte[bytesMax];
        return IsMatch(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }
}
