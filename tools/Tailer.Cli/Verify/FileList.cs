using Tailer.Blocks;

namespace Tailer.Cli.Verify;

/// <summary>The files that arguments name: files as they are, of directories all segments and bucket files below, links not followed.</summary>
internal static class FileList
{
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    /// <summary>In order of names. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when a directory cannot be listed.</summary>
    public static IReadOnlyList<string> Of(string argument)
    {
        if (!Directory.Exists(argument))
            return [argument];
        string[] files = [.. Directory.EnumerateFiles(argument, "*", Below).Where(IsKnown)];
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static bool IsKnown(string path) =>
        path.EndsWith(Names.SegmentSuffix, StringComparison.Ordinal) || path.EndsWith(Names.BucketSuffix, StringComparison.Ordinal);
}
