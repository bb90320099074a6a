using System.Globalization;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Stores;

/// <summary>
/// An archive in a directory, local or mounted. Objects are named <c>env/day/hour/file.seg</c> (docs/formats/segment.md), are put
/// only if absent and never change; the listing is the record of what is archived. Any number of processes may use it at once.
/// Methods throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, may then be repeated, and throw
/// <see cref="ArgumentException"/> for names that are none.
/// </summary>
public sealed class DirectoryArchive(IDisk disk, string root, TimeProvider clock)
{
    private const int CopyBytes = 1024 * 1024;

    /// <summary>
    /// Puts a file's content under the name unless there is an object of that name; false when there is. When it returns, the
    /// object is whole and survives a power loss; before, nobody sees a part of it.
    /// </summary>
    public Task<bool> PutAsync(string name, IDiskFile content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!name.EndsWith(Names.SegmentSuffix, StringComparison.Ordinal))
            throw new ArgumentException($"{name} does not end in {Names.SegmentSuffix}", nameof(name));
        string path = PathOf(name);
        disk.CreateDirectory(Path.GetDirectoryName(path)!);
        if (disk.Exists(path))
        {
            SyncFolders(path);
            return Task.FromResult(false);
        }
        string temporary = $"{path}.{clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}{AtomicFile.TemporarySuffix}";
        try
        {
            using (IDiskFile file = disk.OpenAppend(temporary))
            {
                Copy(content, file, cancellation);
                file.Sync();
            }
            bool created = disk.TryLink(temporary, path);
            SyncFolders(path);
            return Task.FromResult(created);
        }
        finally
        {
            disk.Delete(temporary);
        }
    }

    /// <summary>
    /// The objects whose names start with the prefix and come after <paramref name="after"/>, in ordinal order, at most
    /// <paramref name="max"/>: fewer means that there are no more.
    /// </summary>
    public Task<IReadOnlyList<ArchiveObject>> ListAsync(string prefix, string? after = null, int max = 1000, CancellationToken cancellation = default)
    {
        if (!ObjectName.IsValidPrefix(prefix))
            throw new ArgumentException($"{prefix} is no prefix of an object name", nameof(prefix));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        var objects = new List<ArchiveObject>();
        foreach (string name in Walk("", prefix, after))
        {
            cancellation.ThrowIfCancellationRequested();
            using IDiskFile? file = disk.OpenRead(PathOf(name));
            if (file is not null)
                objects.Add(new ArchiveObject(name, file.Length));
            if (objects.Count == max)
                break;
        }
        return Task.FromResult<IReadOnlyList<ArchiveObject>>(objects);
    }

    /// <summary>Opens an object for reading by ranges; null when there is none of that name. The caller disposes it.</summary>
    public Task<IDiskFile?> OpenAsync(string name, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(disk.OpenRead(PathOf(name)));
    }

    /// <summary>A segment to search, opened when its turn comes.</summary>
    public SegmentRef Segment(string name)
    {
        string path = PathOf(name);
        SegmentRef segment = SegmentRef.OfFile(disk, path);
        return segment with { Name = name };
    }

    /// <summary>Reads the object back and compares it: null when it is the same as the content, else what differs.</summary>
    public Task<string?> CompareAsync(string name, IDiskFile content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        using IDiskFile? stored = disk.OpenRead(PathOf(name));
        return Task.FromResult(stored is null ? $"there is no object {name}" : Difference(name, stored, content, cancellation));
    }

    /// <summary>Deletes an object; false when there is none of that name.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        string path = PathOf(name);
        bool deleted = disk.Delete(path);
        if (deleted)
            disk.SyncDirectory(Path.GetDirectoryName(path)!);
        return Task.FromResult(deleted);
    }

    /// <summary>
    /// Deletes temporary files of puts that began longer ago than this and cannot be running any more; gives how many. One that
    /// is running nevertheless fails, and is repeated by its porter.
    /// </summary>
    public Task<int> SweepAsync(TimeSpan olderThan, CancellationToken cancellation = default)
    {
        long limit = (clock.GetUtcNow() - olderThan).ToUnixTimeSeconds();
        int deleted = 0;
        foreach (string path in Temporaries(root, cancellation))
        {
            string[] parts = Path.GetFileName(path)[..^AtomicFile.TemporarySuffix.Length].Split('.')[^1].Split('-');
            if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long began) && began <= limit && disk.Delete(path))
                deleted++;
        }
        return Task.FromResult(deleted);
    }

    private string PathOf(string name) => ObjectName.IsValid(name)
        ? Path.Combine(root, name)
        : throw new ArgumentException($"{name} is no object name", nameof(name));

    /// <summary>
    /// Makes the names of the object and its folders survive a power loss. Also done when another put came first, and may have
    /// been cut short: whoever hears that the object is there may delete what it was made from.
    /// </summary>
    private void SyncFolders(string path)
    {
        string above = Path.GetFullPath(root);
        for (string at = Path.GetDirectoryName(Path.GetFullPath(path))!; at.Length >= above.Length; at = Path.GetDirectoryName(at)!)
            disk.SyncDirectory(at);
    }

    /// <summary>
    /// Names below a folder in the order of whole names. A folder sorts by its name with a slash behind it, so that
    /// <c>a-b</c> comes before <c>a/b</c> as it does in ordinal order.
    /// </summary>
    private IEnumerable<string> Walk(string folder, string prefix, string? after)
    {
        List<string> entries = [];
        foreach (string entry in disk.List(Path.Combine(root, folder)))
        {
            string name = folder + entry;
            bool isObject = entry.EndsWith(Names.SegmentSuffix, StringComparison.Ordinal);
            bool isFolder = folder.Length == 0 || !entry.Contains('.', StringComparison.Ordinal);
            if (ObjectName.IsValid(entry) && (isObject || isFolder))
                entries.Add(isObject ? name : name + "/");
        }
        entries.Sort(string.CompareOrdinal);
        foreach (string entry in entries)
        {
            if (!entry.EndsWith('/'))
            {
                if (entry.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(entry, after) > 0)
                    yield return entry;
                continue;
            }
            bool mayHold = entry.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(entry, StringComparison.Ordinal);
            bool beyond = after is null || string.CompareOrdinal(entry, after) > 0 || after.StartsWith(entry, StringComparison.Ordinal);
            if (!mayHold || !beyond)
                continue;
            foreach (string name in Walk(entry, prefix, after))
                yield return name;
        }
    }

    private IEnumerable<string> Temporaries(string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (string entry in disk.List(folder))
        {
            string path = Path.Combine(folder, entry);
            if (entry.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal))
                yield return path;
            else if (!entry.EndsWith(Names.SegmentSuffix, StringComparison.Ordinal))
            {
                foreach (string below in Temporaries(path, cancellation))
                    yield return below;
            }
        }
    }

    private static void Copy(IDiskFile from, IDiskFile to, CancellationToken cancellation)
    {
        byte[] buffer = BufferPool.Rent(CopyBytes);
        try
        {
            long at = 0;
            while (from.Read(buffer, at) is > 0 and int read)
            {
                cancellation.ThrowIfCancellationRequested();
                to.Write(buffer.AsSpan(0, read), at);
                at += read;
            }
        }
        finally
        {
            BufferPool.Return(buffer);
        }
    }

    private static string? Difference(string name, IDiskFile stored, IDiskFile content, CancellationToken cancellation)
    {
        if (stored.Length != content.Length)
            return $"object {name} has {stored.Length} bytes instead of {content.Length}";
        byte[] a = BufferPool.Rent(CopyBytes), b = BufferPool.Rent(CopyBytes);
        try
        {
            for (long at = 0; at < stored.Length;)
            {
                cancellation.ThrowIfCancellationRequested();
                int read = stored.Read(a, at);
                int compared = Math.Min(read, content.Read(b.AsSpan(0, Math.Max(read, 1)), at));
                if (compared == 0)
                    return $"object {name} cannot be read beyond byte {at}";
                int same = a.AsSpan(0, compared).CommonPrefixLength(b.AsSpan(0, compared));
                if (same < compared)
                    return $"object {name} differs from byte {at + same} on";
                at += compared;
            }
            return null;
        }
        finally
        {
            BufferPool.Return(a);
            BufferPool.Return(b);
        }
    }
}
