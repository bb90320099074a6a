namespace Tailer.Disk;

/// <summary>
/// Writes a file so that after a crash at any moment either the old or the new content is there, whole: temporary file in
/// the same directory, fsync, rename, fsync of the directory.
/// </summary>
public static class AtomicFile
{
    /// <summary>Ending of the temporary files; sweepers may delete files with it that are not being written.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>
    /// Replaces the file's content; it survives a power loss after this returned. Throws <see cref="IOException"/>: then the old or
    /// the new content is there, whole, and writing again is safe.
    /// </summary>
    public static void Write(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        string temporary = NameTemporary(path);
        try
        {
            WriteSynced(disk, temporary, content);
            disk.Rename(temporary, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(disk, temporary);
            throw;
        }
        disk.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Creates the file unless it exists; false when it did. Of several at once one wins. Either way the file survives a power loss
    /// after this returned. Throws <see cref="IOException"/>: then it may have been created, and trying again says so.
    /// </summary>
    public static bool TryCreate(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        bool created = !disk.Exists(path) && TryCreateAbsent(disk, path, content);
        // Also for a file found: its creator may have died before this.
        disk.SyncDirectory(Path.GetDirectoryName(path)!);
        return created;
    }

    private static bool TryCreateAbsent(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        string temporary = NameTemporary(path);
        try
        {
            WriteSynced(disk, temporary, content);
            return disk.TryLink(temporary, path);
        }
        finally
        {
            TryDelete(disk, temporary);
        }
    }

    private static string NameTemporary(string path) => $"{path}.{Environment.ProcessId:x}-{Guid.NewGuid():N}{TemporarySuffix}";

    private static void WriteSynced(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        using IDiskFile file = disk.OpenAppend(path);
        file.Write(content, 0);
        file.Sync();
    }

    /// <summary>What cannot be deleted now is left to a sweeper; the outcome of the write matters more.</summary>
    private static void TryDelete(IDisk disk, string temporary)
    {
        try
        {
            disk.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
