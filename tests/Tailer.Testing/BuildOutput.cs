namespace Tailer.Testing;

/// <summary>Where the repository's executables were built to, with the same configuration as the running test.</summary>
public static class BuildOutput
{
    private static readonly Dictionary<string, string> Folders = new(StringComparer.Ordinal)
    {
        ["tailer-agent"] = "agent/Tailer.Agent",
        ["tailer-buck"] = "buck/Tailer.Buck",
        ["tailer-porter"] = "porter/Tailer.Porter",
        ["tailer-archie"] = "archie/Tailer.Archie",
        ["tailer"] = "tools/Tailer.Cli",
        ["tailer-bench"] = "tools/Tailer.Bench",
        ["tailer-reliability"] = "tools/Tailer.Reliability",
    };

    /// <summary>The folder of Tailer.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Path of the executable of that name; throws with what to do when it was not built.</summary>
    public static string PathOf(string name)
    {
        if (!Folders.TryGetValue(name, out string? folder))
            throw new ArgumentException($"no executable is called {name}; there are {string.Join(", ", Folders.Keys)}", nameof(name));
        // The test runs in .../bin/<configuration>/<framework>/.
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string path = Path.Combine(Repository, folder, "bin", own.Parent!.Name, own.Name, name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} was not built; run dotnet build {folder} -c {own.Parent.Name}", path);
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Tailer.sln")))
                return d.FullName;
        }
        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Tailer.sln; run the tests from the repository");
    }
}
