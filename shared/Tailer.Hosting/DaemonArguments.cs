namespace Tailer.Hosting;

/// <summary>The command line every long-running executable understands, and the verbs of one.</summary>
internal sealed record DaemonArguments(DaemonAction Action, string ConfigPath, string Error)
{
    private const string ConfigOption = "--config";

    private static readonly string[] Common = [ConfigOption, "--check", "--version", "--help"];

    /// <summary>Which of the verbs is asked for, by its place; null: none.</summary>
    public int? Verb { get; private init; }

    public VerbArguments Given { get; private init; } = new(new Dictionary<string, string>());

    /// <summary>Never throws: what cannot be understood is <see cref="DaemonAction.Refuse"/> with the reason.</summary>
    public static DaemonArguments Parse(IReadOnlyList<string> args, params IReadOnlyList<(DaemonOption Option, IReadOnlyList<DaemonOption> With)> verbs)
    {
        DaemonOption[] known = [new(ConfigOption, "FILE", ""), .. verbs.Select(v => v.Option), .. verbs.SelectMany(v => v.With)];
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        bool check = false;
        for (int i = 0; i < args.Count; i++)
        {
            string[] parts = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i].Split('=', 2) : [args[i]];
            string name = parts[0] == "-c" ? ConfigOption : parts[0];
            if (args[i] is "--help" or "-h" or "-?")
                return new DaemonArguments(DaemonAction.Help, "", "");
            if (args[i] is "--version")
                return new DaemonArguments(DaemonAction.Version, "", "");
            if (args[i] is "--check")
                check = true;
            else if (known.FirstOrDefault(o => o.Name == name) is not { } option || (option.ValueName is null && parts.Length > 1))
                return Refuse($"unknown argument '{args[i]}'{Hint(args[i], known)}");
            else if (option.ValueName is null)
                given[name] = "";
            else if (parts.Length > 1)
                given[name] = parts[1];
            else if (i + 1 < args.Count)
                given[name] = args[++i];
            else
                return Refuse($"{name} needs {(option.ValueName == "FILE" ? "the path of a file" : option.ValueName)}");
        }

        if (given.GetValueOrDefault(ConfigOption) is not { Length: > 0 } config)
            return Refuse("--config FILE is missing");
        return WithVerb(given, verbs, check ? DaemonAction.Check : DaemonAction.Run, config);
    }

    private static DaemonArguments WithVerb(Dictionary<string, string> given, IReadOnlyList<(DaemonOption Option, IReadOnlyList<DaemonOption> With)> verbs, DaemonAction action, string config)
    {
        int[] asked = [.. Enumerable.Range(0, verbs.Count).Where(i => given.ContainsKey(verbs[i].Option.Name))];
        if (asked.Length > 1)
            return Refuse($"{verbs[asked[0]].Option.Name} and {verbs[asked[1]].Option.Name} are two things; ask for one");
        int? verb = asked.Length == 1 ? asked[0] : null;
        string[] allowed = verb is { } v ? [ConfigOption, verbs[v].Option.Name, .. verbs[v].With.Select(o => o.Name)] : [ConfigOption];
        if (given.Keys.FirstOrDefault(name => !allowed.Contains(name)) is { } alone)
            return Refuse($"{alone} goes with {string.Join(" or ", verbs.Where(x => x.With.Any(o => o.Name == alone)).Select(x => x.Option.Name))}");
        return new DaemonArguments(action, config, "") { Verb = verb, Given = new VerbArguments(given) };
    }

    private static DaemonArguments Refuse(string error) => new(DaemonAction.Refuse, "", error);

    private static string Hint(string arg, IEnumerable<DaemonOption> known) =>
        NearestWord.Find(arg, [.. Common.Concat(known.Select(o => o.Name)).Distinct()]) is { } near ? $"; did you mean '{near}'?" : "";
}
