using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Stores;

namespace Tailer.Cli.Reach;

/// <summary>Segments on a disk, searched without an environment: of an archive, a recent index, a loaded history, or copies of such.</summary>
internal static class SegmentFiles
{
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    /// <summary>The files named, and all segments below the directories named, each once. Throws <see cref="FatalException"/> where there is none.</summary>
    public static IReadOnlyList<SegmentRef> Of(IReadOnlyList<string> paths)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            int before = files.Count;
            files.UnionWith(FilesOf(path));
            if (files.Count == before)
                throw new FatalException(ExitCode.Usage, $"there is no segment ({Names.SegmentSuffix}) in {path}, or it was named twice; name an archive, a recent index, a loaded history, or files of these");
        }
        return [.. files.Select(file => SegmentRef.OfFile(SystemDisk.Instance, file))];
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        if (File.Exists(path))
            return [Path.GetFullPath(path)];
        if (!Directory.Exists(path))
            throw new FatalException(ExitCode.Unavailable, $"{path} is not there");
        try
        {
            return [.. Directory.EnumerateFiles(Path.GetFullPath(path), "*" + Names.SegmentSuffix, Below)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FatalException(ExitCode.Unavailable, $"cannot list {path}: {e.Message}", e);
        }
    }
}
