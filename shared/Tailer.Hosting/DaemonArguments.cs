namespace Tailer.Hosting;

/// <summary>The command line every long-running executable understands.</summary>
internal sealed record DaemonArguments(DaemonAction Action, string ConfigPath, string Error)
{
    /// <summary>Never throws: what cannot be understood is <see cref="DaemonAction.Refuse"/> with the reason.</summary>
    public static DaemonArguments Parse(IReadOnlyList<string> args)
    {
        string? config = null;
        bool check = false;
        for (int i = 0; i < args.Count; i++)
        {
            string arg = args[i];
            if (arg is "--help" or "-h" or "-?")
                return new DaemonArguments(DaemonAction.Help, "", "");
            if (arg is "--version")
                return new DaemonArguments(DaemonAction.Version, "", "");
            if (arg is "--check")
                check = true;
            else if (arg is "--config" or "-c" && i + 1 < args.Count)
                config = args[++i];
            else if (arg is "--config" or "-c")
                return Refuse("--config needs the path of a file");
            else if (arg.StartsWith("--config=", StringComparison.Ordinal))
                config = arg["--config=".Length..];
            else
                return Refuse($"unknown argument '{arg}'{Hint(arg)}");
        }

        if (string.IsNullOrEmpty(config))
            return Refuse("--config FILE is missing");
        return new DaemonArguments(check ? DaemonAction.Check : DaemonAction.Run, config, "");
    }

    private static DaemonArguments Refuse(string error) => new(DaemonAction.Refuse, "", error);

    private static string Hint(string arg) =>
        NearestWord.Find(arg, ["--config", "--check", "--version", "--help"]) is { } near ? $"; did you mean '{near}'?" : "";
}
