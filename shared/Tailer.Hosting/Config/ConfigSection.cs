using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tailer.Hosting;

/// <summary>One mapping of a configuration file. Every reader names its key, so the set of known keys is the set of keys
/// read; what is left over is reported as unknown. A reader that finds an error records it and returns a placeholder:
/// options built from a section with errors never leave <see cref="ConfigFile"/>.</summary>
public sealed class ConfigSection
{
    private readonly YamlMappingNode? mapping;
    private readonly Mark place;
    private readonly string ownName;
    private readonly ConfigScope shared;
    private readonly List<string> knownKeys = [];
    private readonly List<ConfigSection> children = [];

    internal ConfigSection(YamlMappingNode? node, Mark mark, string prefix, ConfigScope scope)
    {
        mapping = node;
        place = mark;
        ownName = prefix;
        shared = scope;
    }

    /// <summary>True when the file has the key with a value.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A required text.</summary>
    public string Text(string key) => Scalar(key, required: true) ?? "";

    public string Text(string key, string fallback) => Scalar(key, required: false) ?? fallback;

    public string? TextOrNull(string key) => Scalar(key, required: false);

    /// <summary>A required path, made absolute against the folder of the file.</summary>
    public string Path(string key) => Scalar(key, required: true) is { } text ? Resolve(key, text) : "";

    public string Path(string key, string fallback) => Resolve(key, Scalar(key, required: false) ?? fallback);

    public string? PathOrNull(string key) => Scalar(key, required: false) is { } text ? Resolve(key, text) : null;

    public bool Bool(string key, bool fallback) => Choice(key, fallback, ("true", true), ("false", false));

    public int Number(string key, int fallback, int min = 0, int max = int.MaxValue) => (int)LongNumber(key, fallback, min, max);

    public long LongNumber(string key, long fallback, long min = 0, long max = long.MaxValue)
    {
        if (Scalar(key, required: false) is not { } text)
            return fallback;
        if (!long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            return Wrong(key, text, "a whole number", fallback);
        return Within(key, value, min, max, fallback, v => v.ToString(CultureInfo.InvariantCulture));
    }

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan? min = null, TimeSpan? max = null)
    {
        if (Scalar(key, required: false) is not { } text)
            return fallback;
        if (!DurationText.TryParse(text, out TimeSpan value))
            return Wrong(key, text, DurationText.Expected, fallback);
        return Within(key, value, min ?? TimeSpan.Zero, max ?? TimeSpan.MaxValue, fallback, DurationText.Format);
    }

    public TimeSpan? DurationOrNull(string key, TimeSpan? min = null, TimeSpan? max = null) =>
        Has(key) ? Duration(key, TimeSpan.Zero, min, max) : Absent<TimeSpan>(key);

    /// <summary>A size in bytes.</summary>
    public long Size(string key, long fallback, long min = 0, long max = long.MaxValue)
    {
        if (Scalar(key, required: false) is not { } text)
            return fallback;
        if (!SizeText.TryParse(text, out long value))
            return Wrong(key, text, SizeText.Expected, fallback);
        return Within(key, value, min, max, fallback, SizeText.Format);
    }

    public long? SizeOrNull(string key, long min = 0, long max = long.MaxValue) =>
        Has(key) ? Size(key, 0, min, max) : Absent<long>(key);

    /// <summary>A required host and port.</summary>
    public NetworkAddress Address(string key) => ParseAddress(key, Scalar(key, required: true), default);

    public NetworkAddress Address(string key, NetworkAddress fallback) => ParseAddress(key, Scalar(key, required: false), fallback);

    public NetworkAddress? AddressOrNull(string key) =>
        Has(key) ? Address(key) : Absent<NetworkAddress>(key);

    /// <summary>A required http or https URL; a bare <c>host:port</c> is taken as http.</summary>
    public Uri HttpUri(string key)
    {
        var placeholder = new Uri("http://127.0.0.1:0");
        if (Scalar(key, required: true) is not { } text)
            return placeholder;
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (Uri.TryCreate(full, UriKind.Absolute, out Uri? uri) && (uri.Scheme == "http" || uri.Scheme == "https") && uri.Host.Length > 0)
            return uri;
        return Wrong(key, text, "a URL such as http://127.0.0.1:7412", placeholder);
    }

    /// <summary>One of a few named values.</summary>
    public T Choice<T>(string key, T fallback, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Scalar(key, required: false) is not { } text)
            return fallback;
        foreach ((string name, T value) in choices)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        var names = new List<string>(choices.Length);
        foreach ((string name, _) in choices)
            names.Add(name);
        string hint = NearestWord.Find(text, names) is { } near ? $"; did you mean '{near}'?" : "";
        Error(key, $"'{FullName(key)}' is '{text}', but must be one of {string.Join(", ", names)}{hint}");
        return fallback;
    }

    /// <summary>A time zone by its IANA name (<c>Europe/Berlin</c>) or <c>local</c> or <c>utc</c>.</summary>
    public TimeZoneInfo Zone(string key, TimeZoneInfo fallback)
    {
        if (Scalar(key, required: false) is not { } text)
            return fallback;
        if (text.Equals("local", StringComparison.OrdinalIgnoreCase))
            return TimeZoneInfo.Local;
        if (text.Equals("utc", StringComparison.OrdinalIgnoreCase))
            return TimeZoneInfo.Utc;
        return TimeZoneInfo.TryFindSystemTimeZoneById(text, out TimeZoneInfo? zone)
            ? zone
            : Wrong(key, text, "a time zone such as Europe/Berlin, local or utc (is the tzdata package installed?)", fallback);
    }

    /// <summary>
    /// A list of texts that stand for something; one text stands for a list of one. <paramref name="read"/> gets a text, and a way to say
    /// what is wrong with it, at its place in the file; it returns null then.
    /// </summary>
    public IReadOnlyList<T> Values<T>(string key, Func<string, Action<string>, T?> read)
        where T : class
    {
        var values = new List<T>();
        foreach ((string text, Mark mark) in Scalars(key, required: false))
        {
            if (read(text, error => shared.Errors.Add(mark, $"'{FullName(key)}': {error}")) is { } value)
                values.Add(value);
        }

        return values;
    }

    /// <summary>Texts by names that are free: <c>{team: shop, tier: web}</c>, ordered by name. Empty when the key is absent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Map(string key)
    {
        switch (Take(key, required: false))
        {
            case null:
                return [];
            case YamlMappingNode map:
                var pairs = new List<KeyValuePair<string, string>>(map.Children.Count);
                foreach ((YamlNode name, YamlNode value) in map.Children)
                {
                    if (name is not YamlScalarNode { Value: { Length: > 0 } text } || value is not YamlScalarNode scalar)
                        shared.Errors.Add(name.Start, $"'{FullName(key)}' is a section of 'name: text' lines; this is none");
                    else if (Expand(scalar) is { } expanded)
                        pairs.Add(new(text, expanded));
                }

                return [.. pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
            case { } other:
                shared.Errors.Add(other.Start, $"'{FullName(key)}' must be a section of 'name: text' lines");
                return [];
        }
    }

    /// <summary>A list of texts; one text stands for a list of one. Empty when the key is absent, unless required.</summary>
    public IReadOnlyList<string> Texts(string key, bool required = false) => [.. Scalars(key, required).Select(item => item.Text)];

    private List<(string Text, Mark Place)> Scalars(string key, bool required)
    {
        switch (Take(key, required))
        {
            case null:
                return [];
            case YamlScalarNode scalar:
                return Expand(scalar) is { } one ? [(one, scalar.Start)] : [];
            case YamlSequenceNode sequence:
                if (required && sequence.Children.Count == 0)
                    Error(key, $"'{FullName(key)}' is empty, but needs at least one value");
                var values = new List<(string, Mark)>(sequence.Children.Count);
                foreach (YamlNode item in sequence.Children)
                {
                    if (item is not YamlScalarNode scalar)
                        shared.Errors.Add(item.Start, $"'{FullName(key)}' is a list of texts; this item is not a text");
                    else if (Expand(scalar) is { } text)
                        values.Add((text, scalar.Start));
                }

                return values;
            case { } other:
                shared.Errors.Add(other.Start, $"'{FullName(key)}' must be a list");
                return [];
        }
    }

    /// <summary>A list of paths or globs, each made absolute against the folder of the file.</summary>
    public IReadOnlyList<string> Paths(string key, bool required = false) =>
        [.. Texts(key, required).Select(text => Resolve(key, text))];

    /// <summary>A list of sections: <c>- name: a</c>. Empty when the key is absent, unless required.</summary>
    public IReadOnlyList<T> List<T>(string key, Func<ConfigSection, T> read, bool required = false)
    {
        YamlNode? node = Take(key, required);
        if (node is null)
            return [];
        if (node is not YamlSequenceNode sequence)
        {
            shared.Errors.Add(node.Start, $"'{FullName(key)}' must be a list of sections, each starting with '- '");
            return [];
        }

        if (required && sequence.Children.Count == 0)
            Error(key, $"'{FullName(key)}' is empty, but needs at least one section");
        var items = new List<T>(sequence.Children.Count);
        foreach (YamlNode item in sequence.Children)
            items.Add(read(Child(item, item.Start, $"{FullName(key)}[{items.Count}]")));
        return items;
    }

    /// <summary>A nested section. When it is absent, <paramref name="read"/> gets an empty one: defaults apply, and its
    /// required keys are reported as missing.</summary>
    public T Section<T>(string key, Func<ConfigSection, T> read)
    {
        YamlNode? node = Take(key, required: false);
        return read(Child(node, node is null ? KeyMark(key) : node.Start, FullName(key)));
    }

    /// <summary>A nested section that may be absent.</summary>
    public T? SectionOrNull<T>(string key, Func<ConfigSection, T> read)
        where T : class
    {
        YamlNode? node = Take(key, required: false);
        return node is null ? null : read(Child(node, node.Start, FullName(key)));
    }

    /// <summary>Records an error that only the caller can see, such as two keys that contradict each other.</summary>
    public void Error(string key, string message) => shared.Errors.Add(KeyMark(key), message);

    internal void ReportUnknown()
    {
        foreach (ConfigSection section in children)
            section.ReportUnknown();
        foreach (YamlNode node in mapping?.Children.Keys ?? [])
        {
            string? name = (node as YamlScalarNode)?.Value;
            if (name is not null && knownKeys.Contains(name))
                continue;
            string hint = NearestWord.Find(name ?? "", knownKeys) is { } near
                ? $"; did you mean '{near}'?"
                : $"; known here: {string.Join(", ", knownKeys.Distinct().Order(StringComparer.Ordinal))}";
            shared.Errors.Add(node.Start, $"unknown key '{name ?? node.ToString()}'{hint}");
        }
    }

    private ConfigSection Child(YamlNode? node, Mark mark, string name)
    {
        if (node is not null and not YamlMappingNode)
            shared.Errors.Add(node.Start, $"'{name}' must be a section of 'key: value' lines");
        var child = new ConfigSection(node as YamlMappingNode, mark, name, shared);
        children.Add(child);
        return child;
    }

    private YamlNode? Take(string key, bool required)
    {
        knownKeys.Add(key);
        YamlNode? node = Find(key);
        if (node is null && required)
            shared.Errors.Add(KeyMark(key), $"missing key '{FullName(key)}'");
        return node;
    }

    // An empty value ("key:") counts as absent, as it does for every YAML reader; "key: ''" is an empty text.
    private YamlNode? Find(string key)
    {
        YamlNode? node = null;
        mapping?.Children.TryGetValue(new YamlScalarNode(key), out node);
        return node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" } ? null : node;
    }

    private T? Absent<T>(string key)
        where T : struct
    {
        knownKeys.Add(key);
        return null;
    }

    private string? Scalar(string key, bool required)
    {
        YamlNode? node = Take(key, required);
        if (node is null)
            return null;
        if (node is YamlScalarNode scalar)
            return Expand(scalar);
        shared.Errors.Add(node.Start, $"'{FullName(key)}' must be a single value");
        return null;
    }

    private string? Expand(YamlScalarNode scalar)
    {
        string? text = EnvironmentText.Expand(scalar.Value ?? "", shared.Variable, out string? error);
        if (error is not null)
            shared.Errors.Add(scalar.Start, error);
        return text;
    }

    private string Resolve(string key, string text)
    {
        if (text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
            Error(key, $"'{FullName(key)}' is empty, but must be a path");
        else if (text == "~" || text.StartsWith("~/", StringComparison.Ordinal))
            Error(key, $"'{FullName(key)}' is '{text}', but '~' stands for no directory here; write it out, or ${{HOME}}");
        else
            return System.IO.Path.GetFullPath(text, shared.Folder);
        return text;
    }

    private NetworkAddress ParseAddress(string key, string? text, NetworkAddress fallback) =>
        text is null ? fallback
        : NetworkAddress.TryParse(text, out NetworkAddress address) ? address
        : Wrong(key, text, NetworkAddress.Expected, fallback);

    private T Within<T>(string key, T value, T min, T max, T fallback, Func<T, string> format)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0)
            Error(key, $"'{FullName(key)}' is {format(value)}, but must be at least {format(min)}");
        else if (value.CompareTo(max) > 0)
            Error(key, $"'{FullName(key)}' is {format(value)}, but must be at most {format(max)}");
        else
            return value;
        return fallback;
    }

    private T Wrong<T>(string key, string text, string expected, T placeholder)
    {
        shared.Errors.Add(Find(key)?.Start ?? KeyMark(key), $"'{FullName(key)}' is '{text}', but must be {expected}");
        return placeholder;
    }

    private Mark KeyMark(string key)
    {
        foreach (YamlNode node in mapping?.Children.Keys ?? [])
        {
            if (node is YamlScalarNode scalar && scalar.Value == key)
                return node.Start;
        }

        return place;
    }

    private string FullName(string key) => ownName.Length == 0 ? key : $"{ownName}.{key}";
}
