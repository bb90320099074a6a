using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>Real log files, small, of one application each: <c>../shared/logs/*.log</c>, where they are there.</summary>
internal static class SampleLogs
{
    /// <summary>Host of their lines.</summary>
    public const string Host = "sample";

    public static IReadOnlyList<string> Files()
    {
        string directory = Path.GetFullPath(Path.Combine(BuildOutput.Repository, "../shared/logs"));
        return Directory.Exists(directory) ? [.. Directory.GetFiles(directory, "*.log").Order(StringComparer.Ordinal)] : [];
    }
}
