namespace Tailer.Cli.Up;

/// <summary>The logs of this machine that may be read, for a start without arguments.</summary>
internal static class SystemLogs
{
    public static readonly IReadOnlyList<string> Globs = ["/var/log/**/*.log", "/var/log/syslog"];

    /// <summary>The globs that stand for at least one readable file.</summary>
    public static IReadOnlyList<string> Readable(string root = "/var/log")
    {
        var found = new List<string>();
        if (Files(root).Any(CanRead))
            found.Add(root + "/**/*.log");
        if (CanRead(root + "/syslog"))
            found.Add(root + "/syslog");
        return found;
    }

    private static IEnumerable<string> Files(string root) =>
        Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*.log", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0, MaxRecursionDepth = 8 })
            : [];

    private static bool CanRead(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
