using Tailer.Hosting;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>One item of <c>counters</c> in buck.yaml.</summary>
internal sealed record CounterOptions(string Name, Query Query, IReadOnlyList<CounterLabel> Labels)
{
    public const int NameCharsMax = 64;

    public static CounterOptions Read(ConfigSection section)
    {
        string name = section.Text("name");
        if (name.Length > 0 && !IsName(name))
            section.Error("name", $"'{name}' must be a small letter followed by small letters, digits or '_', at most {NameCharsMax}");
        return new CounterOptions(name, ReadQuery(section), section.Values<object>("by", ReadLabel).Cast<CounterLabel>().Distinct().ToArray());
    }

    private static bool IsName(string name) =>
        name.Length <= NameCharsMax && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    private static Query ReadQuery(ConfigSection section)
    {
        if (Query.Parse(section.Text("query")).TryGet(out Query? query, out QueryError? error))
            return query;
        section.Error("query", $"the query cannot be read:\n{error.Caret}");
        return Query.Everything;
    }

    private static object? ReadLabel(string text, Action<string> wrong)
    {
        foreach (CounterLabel label in Enum.GetValues<CounterLabel>())
        {
            if (label.Word() == text)
                return label;
        }
        wrong($"'{text}' is no label; known are {string.Join(", ", Enum.GetValues<CounterLabel>().Select(l => l.Word()))}");
        return null;
    }
}
