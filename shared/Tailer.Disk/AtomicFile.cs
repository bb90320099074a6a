namespace Tailer.Disk;

/// <summary>
/// Writes a file so that after a crash at any moment either the old or the new content is there, whole: temporary file in
/// the same directory, fsync, rename, fsync of the directory.
/// </summary>
public static class AtomicFile
{
    /// <summary>Ending of the temporary files; sweepers may delete files with it that are not being written.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Replaces the file's content. Throws <see cref="IOException"/>; the old content is then still there.</summary>
    public static void Write(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(disk, path, content);
        disk.Rename(temporary, path);
        disk.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Creates the file unless it exists; false when it did. Of several at once one wins.</summary>
    public static bool TryCreate(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        if (disk.Exists(path))
            return false;
        string temporary = WriteTemporary(disk, path, content);
        bool created = disk.TryLink(temporary, path);
        disk.Delete(temporary);
        disk.SyncDirectory(Path.GetDirectoryName(path)!);
        return created;
    }

    private static string WriteTemporary(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        string temporary = $"{path}.{Environment.ProcessId:x}-{Guid.NewGuid():N}{TemporarySuffix}";
        using IDiskFile file = disk.OpenAppend(temporary);
        try
        {
            file.Write(content, 0);
            file.Sync();
        }
        catch (IOException)
        {
            disk.Delete(temporary);
            throw;
        }
        return temporary;
    }
}
