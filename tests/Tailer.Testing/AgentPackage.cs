using System.Runtime.InteropServices;

namespace Tailer.Testing;

/// <summary>The agent as it ships: the folder that <c>tools/package</c> made last for this kind of machine.</summary>
public static class AgentPackage
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Null when there is none: then tests of it are skipped, and say so.</summary>
    public static string? Folder => Found.Value;

    public static string Executable => Path.Combine(Folder ?? throw new InvalidOperationException($"{Runtime} was not packaged; run tools/package"), "tailer-agent");

    public static string Runtime => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private static string? Find()
    {
        string build = Path.Combine(BuildOutput.Repository, "artifacts/package/build", Runtime);
        return Directory.Exists(build)
            ? Directory.EnumerateDirectories(build, $"tailer-agent-*-{Runtime}").OrderByDescending(Directory.GetLastWriteTimeUtc).FirstOrDefault(d => File.Exists(Path.Combine(d, "tailer-agent")))
            : null;
    }
}
