using Tailer.Disk;

namespace Tailer.Testing;

/// <summary>
/// A disk in memory that can lose its power: file bytes not synced and names in directories not synced are gone then, and every
/// open file of the old run throws. Harsher than most real disks, as the standard allows. Thread-safe.
/// </summary>
public sealed class MemoryDisk : IDisk
{
    private readonly Lock gate = new();
    private readonly MemoryDirectory root = new();
    private int run;

    /// <summary>Bytes all files may have together; a write over it fails as on a full disk, with a part of its bytes written.</summary>
    public long CapacityBytes { get; set; } = 1L << 30;

    public long UsedBytes { get; private set; }

    /// <summary>
    /// The power goes and comes back. With a seed, any part of what was not synced may be there: torn sectors, files longer than
    /// their data, some of the new names. Without one, nothing of it is.
    /// </summary>
    public void LosePower(int? seed = null)
    {
        lock (gate)
        {
            run++;
            root.LosePower(seed is { } s ? new Random(s) : null);
            UsedBytes = Used(root);
        }
    }

    public void CreateDirectory(string path)
    {
        lock (gate)
        {
            MemoryDirectory at = root;
            foreach (string name in Split(path))
            {
                MemoryNode? next = at.Find(name);
                if (next is null)
                    at.Change((name, next = new MemoryDirectory()));
                at = next as MemoryDirectory ?? throw new IOException($"{path} cannot be a directory: {name} is a file");
            }
        }
    }

    public IDiskFile OpenAppend(string path)
    {
        lock (gate)
        {
            (MemoryDirectory directory, string name) = Parent(path);
            MemoryNode? node = directory.Find(name);
            if (node is null)
                directory.Change((name, node = new MemoryFile()));
            return new OpenFile(this, path, AsFile(node, path), writable: true);
        }
    }

    public IDiskFile? OpenRead(string path)
    {
        lock (gate)
            return Find(path) is { } node ? new OpenFile(this, path, AsFile(node, path), writable: false) : null;
    }

    public byte[]? ReadAll(string path)
    {
        lock (gate)
            return Find(path) is { } node ? AsFile(node, path).Bytes.ToArray() : null;
    }

    public bool Exists(string path)
    {
        lock (gate)
            return Find(path) is not null;
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (gate)
        {
            return Find(directory) switch
            {
                null => [],
                MemoryDirectory found => [.. found.Names],
                _ => throw new IOException($"{directory} is a file, not a directory"),
            };
        }
    }

    public void Rename(string from, string to)
    {
        lock (gate)
        {
            (MemoryDirectory fromDirectory, string fromName) = Parent(from);
            (MemoryDirectory toDirectory, string toName) = Parent(to);
            MemoryNode node = fromDirectory.Find(fromName) ?? throw new FileNotFoundException($"{from} is not there", from);
            if (toDirectory.Find(toName) is MemoryDirectory)
                throw new IOException($"{to} is a directory");
            if (ReferenceEquals(fromDirectory, toDirectory))
                fromDirectory.Change((fromName, null), (toName, node));
            else
            {
                toDirectory.Change((toName, node));
                fromDirectory.Change((fromName, null));
            }
            UsedBytes = Used(root);
        }
    }

    public bool TryLink(string from, string to)
    {
        lock (gate)
        {
            MemoryNode node = Find(from) ?? throw new FileNotFoundException($"{from} is not there", from);
            (MemoryDirectory directory, string name) = Parent(to);
            if (directory.Find(name) is not null)
                return false;
            directory.Change((name, AsFile(node, from)));
            return true;
        }
    }

    public bool Delete(string path)
    {
        lock (gate)
        {
            if (Find(path) is not { } node)
                return false;
            AsFile(node, path);
            (MemoryDirectory directory, string name) = Parent(path);
            directory.Change((name, null));
            UsedBytes = Used(root);
            return true;
        }
    }

    public bool DeleteDirectory(string path)
    {
        lock (gate)
        {
            if (Find(path) is not { } node)
                return false;
            if (node is not MemoryDirectory found)
                throw new IOException($"{path} is a file, not a directory");
            if (!found.IsEmpty)
                return false;
            (MemoryDirectory directory, string name) = Parent(path);
            directory.Change((name, null));
            return true;
        }
    }

    public void SyncDirectory(string path)
    {
        lock (gate)
            (Find(path) as MemoryDirectory ?? throw new DirectoryNotFoundException($"{path} is no directory")).Sync();
    }

    public long FreeBytes(string path)
    {
        lock (gate)
            return Math.Max(0, CapacityBytes - UsedBytes);
    }

    private static string[] Split(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new ArgumentException($"'{path}' is not absolute", nameof(path));
        return Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    private static MemoryFile AsFile(MemoryNode node, string path) =>
        node as MemoryFile ?? throw new UnauthorizedAccessException($"{path} is a directory");

    private static long Used(MemoryDirectory directory)
    {
        long sum = 0;
        foreach (string name in directory.Names)
            sum += directory.Find(name) is MemoryDirectory sub ? Used(sub) : ((MemoryFile)directory.Find(name)!).Length;
        return sum;
    }

    private MemoryNode? Find(string path)
    {
        MemoryNode? at = root;
        foreach (string name in Split(path))
            at = (at as MemoryDirectory)?.Find(name);
        return at;
    }

    private (MemoryDirectory Directory, string Name) Parent(string path)
    {
        string[] names = Split(path);
        MemoryNode? at = root;
        foreach (string name in names.AsSpan(0, Math.Max(0, names.Length - 1)))
            at = (at as MemoryDirectory)?.Find(name);
        return names.Length > 0 && at is MemoryDirectory directory
            ? (directory, names[^1])
            : throw new DirectoryNotFoundException($"the directory of {path} is not there");
    }

    private sealed class OpenFile(MemoryDisk disk, string path, MemoryFile file, bool writable) : IDiskFile, IForgetfulFile
    {
        private readonly int run = disk.run;
        private bool disposed;

        public string Path => path;

        public long Length
        {
            get
            {
                lock (disk.gate)
                    return Checked().Length;
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            lock (disk.gate)
            {
                ReadOnlySpan<byte> bytes = Checked().Bytes;
                if (offset >= bytes.Length)
                    return 0;
                int count = (int)Math.Min(buffer.Length, bytes.Length - offset);
                bytes.Slice((int)offset, count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            lock (disk.gate)
            {
                int before = Writable().Length;
                long free = disk.CapacityBytes - disk.UsedBytes;
                long fits = Math.Min(bytes.Length, Math.Max(0, free + before - offset));
                if (fits > 0)
                    file.Write(bytes[..(int)fits], checked((int)offset));
                disk.UsedBytes += file.Length - before;
                if (fits < bytes.Length)
                    throw new IOException($"no space left for {path}");
            }
        }

        public void SetLength(long length)
        {
            lock (disk.gate)
            {
                int before = Writable().Length;
                file.SetLength(checked((int)length));
                disk.UsedBytes += file.Length - before;
            }
        }

        public void Sync()
        {
            lock (disk.gate)
                Checked().Sync();
        }

        public void FailSync()
        {
            lock (disk.gate)
                Checked().FailSync();
        }

        public void Dispose() => disposed = true;

        private MemoryFile Checked()
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return run == disk.run ? file : throw new PowerLostException(path);
        }

        private MemoryFile Writable() => writable ? Checked() : throw new UnauthorizedAccessException($"{path} was opened for reading");
    }
}
