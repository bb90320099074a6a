namespace Tailer.Queries;

/// <summary>The names that may stand before a colon.</summary>
internal static class FieldNames
{
    public const string Level = "level";
    public const string Pid = "pid";

    public static IReadOnlyList<string> All { get; } = ["host", "app", "agent", "path", "tag", Level, Pid];

    public static string NameOf(QueryField field) => All[(int)field];

    /// <summary>The name as it is printed, for a name in any case; null when it is none.</summary>
    public static string? Find(ReadOnlySpan<char> name)
    {
        foreach (string known in All)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return known;
        }
        return null;
    }

    public static QueryField FieldOf(string name) => name switch
    {
        "host" => QueryField.Host,
        "app" => QueryField.App,
        "agent" => QueryField.Agent,
        "path" => QueryField.Path,
        "tag" => QueryField.Tag,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "not a field with a text value"),
    };

    /// <summary>A name that is one slip of the fingers away (a letter more, less, other, or two swapped), or null.</summary>
    public static string? Resembling(ReadOnlySpan<char> name)
    {
        foreach (string known in All)
        {
            if (known.Length > 3 && IsOneEditAway(name, known))
                return known;
        }
        return null;
    }

    private static bool IsOneEditAway(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int head = 0;
        while (head < a.Length && head < b.Length && char.ToLowerInvariant(a[head]) == b[head])
            head++;
        a = a[head..];
        b = b[head..];
        int tail = 0;
        while (tail < a.Length && tail < b.Length && char.ToLowerInvariant(a[^(tail + 1)]) == b[^(tail + 1)])
            tail++;
        a = a[..^tail];
        b = b[..^tail];
        if (a.Length == 2 && b.Length == 2)
            return char.ToLowerInvariant(a[0]) == b[1] && char.ToLowerInvariant(a[1]) == b[0];
        return a.Length <= 1 && b.Length <= 1;
    }
}
