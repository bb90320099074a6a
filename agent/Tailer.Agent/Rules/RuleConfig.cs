using System.Text;
using System.Text.RegularExpressions;
using Tailer.Blocks;
using Tailer.Hosting;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>Reads the rules of a source from the configuration; docs/operating.md, "Rules". What is wrong is said at its place.</summary>
internal static class RuleConfig
{
    private const int RateMax = 10_000_000;

    /// <summary>A burst is by default what comes in so many seconds.</summary>
    private const int BurstSeconds = 10;

    /// <summary>Leaves room for a path of 4 KiB in a descriptor (<see cref="Limits.DescriptorBytesMax"/>).</summary>
    private const int TagBytesMax = 4096;

    private static readonly KindChoice[] Kinds =
        [new("indent", TraceKinds.Indent), new("java", TraceKinds.Java), new("python", TraceKinds.Python), new("go", TraceKinds.Go), new("dotnet", TraceKinds.DotNet)];

    private static readonly string[] ReadyMasks = ["token", "card", "email"];

    /// <summary>Null when there are none.</summary>
    public static LineRules? Read(ConfigSection section)
    {
        IReadOnlyList<DropRule> drops = section.Values("drop", ReadDrop);
        IReadOnlyList<Mask> masks = section.Values("mask", ReadMask);
        LimitOptions? limit = section.SectionOrNull("limit", ReadLimit);
        return drops.Count == 0 && masks.Count == 0 && limit is null ? null : new LineRules(drops, masks, limit);
    }

    /// <summary>Which lines continue a record; null when none is asked about it.</summary>
    public static RecordRule? ReadRecords(ConfigSection section)
    {
        TraceKinds kinds = TraceKinds.None;
        foreach (KindChoice kind in section.Values("continues", ReadKind))
            kinds |= kind.Kind;
        Regex? start = ReadStart(section);
        if (start is not null && kinds != TraceKinds.None)
            section.Error("continues", "'continues' and 'record_start' both say which lines continue a record; leave one out");
        return kinds == TraceKinds.None && start is null ? null : new RecordRule(kinds, start);
    }

    private static KindChoice? ReadKind(string text, Action<string> error)
    {
        if (Kinds.FirstOrDefault(kind => kind.Name == text) is { } found)
            return found;
        string hint = NearestWord.Find(text, Kinds.Select(kind => kind.Name)) is { } near ? $"; did you mean '{near}'?" : "";
        error($"'{text}' is none of {string.Join(", ", Kinds.Select(kind => kind.Name))}{hint}");
        return null;
    }

    private static Regex? ReadStart(ConfigSection section)
    {
        IReadOnlyList<Regex> patterns = section.Values("record_start", (text, error) =>
        {
            if (TryRegex(text, out string pattern, out bool ignoreCase))
            {
                if (RegexMask.TryMakeRegex(pattern, ignoreCase, out string reason) is { } regex)
                    return regex;
                error($"{text}: {reason}");
            }
            else
            {
                error($"'{text}' is no regular expression between slashes: /.../ or /.../i");
            }
            return null;
        });
        if (patterns.Count > 1)
            section.Error("record_start", "'record_start' is one regular expression; join several by |");
        return patterns.Count > 0 ? patterns[0] : null;
    }

    /// <summary>Reads <c>/.../</c> and <c>/.../i</c>.</summary>
    private static bool TryRegex(string text, out string pattern, out bool ignoreCase)
    {
        ignoreCase = text.EndsWith("/i", StringComparison.Ordinal);
        string body = ignoreCase ? text[..^1] : text;
        bool found = body.Length >= 3 && body[0] == '/' && body[^1] == '/';
        pattern = found ? body[1..^1] : "";
        return found;
    }

    private sealed record KindChoice(string Name, TraceKinds Kind);

    public static IReadOnlyList<KeyValuePair<string, string>> ReadTags(ConfigSection section)
    {
        IReadOnlyList<KeyValuePair<string, string>> tags = section.Map("tags");
        if (tags.Count > Limits.TagsMax)
            section.Error("tags", $"'tags' has {tags.Count} tags, but must have at most {Limits.TagsMax}");
        if (tags.Sum(tag => Encoding.UTF8.GetByteCount(tag.Key) + Encoding.UTF8.GetByteCount(tag.Value)) > TagBytesMax)
            section.Error("tags", $"'tags' must have at most {TagBytesMax} bytes together: they are sent with every packet");
        foreach ((string name, string value) in tags)
        {
            if (Encoding.UTF8.GetByteCount(name) > Limits.NameBytesMax || Encoding.UTF8.GetByteCount(value) > Limits.NameBytesMax)
                section.Error("tags", $"a tag's name and its text must each be at most {Limits.NameBytesMax} bytes; '{name}' is longer");
        }
        return tags;
    }

    private static DropRule? ReadDrop(string text, Action<string> error)
    {
        QueryResult result = Query.Parse(text);
        if (result.Query is not { } query)
            error($"'{text}' is not a query: {result.Error!.Message} at its character {result.Error.Position + 1}{(result.Error.Hint.Length > 0 ? $"; {result.Error.Hint}" : "")}");
        else if (query.MatchesEverything)
            error("a query that matches everything would drop every line; to read no file, leave it out of 'paths' or name it in 'exclude'");
        else
            return new DropRule(query);
        return null;
    }

    private static Mask? ReadMask(string text, Action<string> error)
    {
        switch (text)
        {
            case "token":
                return new TokenMask();
            case "card":
                return new CardMask();
            case "email":
                return new EmailMask();
        }
        if (!TryRegex(text, out string pattern, out bool ignoreCase))
        {
            string hint = NearestWord.Find(text, ReadyMasks) is { } near ? $"; did you mean '{near}'?" : "";
            error($"'{text}' is neither {string.Join(", ", ReadyMasks)} nor a regular expression between slashes: /.../ or /.../i{hint}");
            return null;
        }
        RegexMask? mask = RegexMask.TryCreate(text, pattern, ignoreCase, out string reason);
        if (mask is null)
            error($"{text}: {reason}");
        return mask;
    }

    private static LimitOptions ReadLimit(ConfigSection section)
    {
        int rate = section.Number("rate", 1, 1, RateMax);
        if (!section.Has("rate"))
            section.Error("rate", "missing key 'limit.rate': lines a second");
        return new LimitOptions(rate, section.Number("burst", Math.Min(RateMax, rate * BurstSeconds), 1, RateMax));
    }
}
