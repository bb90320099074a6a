using Tailer.Hosting;

namespace Tailer.Cli.Up;

/// <summary>Finds the executables of the parts: where TAILER_BIN says, beside this one (an installation), or in the build
/// output of the working tree this one was built in.</summary>
internal static class Executables
{
    public const string Variable = "TAILER_BIN";

    /// <exception cref="FatalException">69 when it is nowhere; the message lists where it was looked for.</exception>
    public static string Find(string part)
    {
        string[] places = [.. Places(part, AppContext.BaseDirectory, Environment.GetEnvironmentVariable(Variable))];
        return places.FirstOrDefault(File.Exists)
            ?? throw new FatalException(ExitCode.Unavailable, $"tailer-{part} is not there; looked for {string.Join(", ", places)}. Build it (dotnet build), or set {Variable} to its folder.");
    }

    internal static IEnumerable<string> Places(string part, string here, string? variable)
    {
        string name = "tailer-" + part;
        if (!string.IsNullOrEmpty(variable))
        {
            yield return Path.Combine(variable, name);
            yield break;
        }

        yield return Path.Combine(here, name);
        // <tree>/tools/Tailer.Cli/bin/<configuration>/<framework>/
        string framework = Path.TrimEndingDirectorySeparator(here);
        string? configuration = Path.GetDirectoryName(framework);
        string? tree = Up(configuration, 4);
        if (configuration is null || tree is null)
            yield break;
        string project = "Tailer." + char.ToUpperInvariant(part[0]) + part[1..];
        yield return Path.Combine(tree, part, project, "bin", Path.GetFileName(configuration), Path.GetFileName(framework), name);
    }

    private static string? Up(string? path, int levels)
    {
        for (int i = 0; i < levels && path is not null; i++)
            path = Path.GetDirectoryName(path);
        return path;
    }
}
