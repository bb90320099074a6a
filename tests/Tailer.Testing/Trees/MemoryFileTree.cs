using Tailer.Disk;

namespace Tailer.Testing;

/// <summary>
/// Files in memory, as an agent and the programs it listens to see them on a Linux file system: inodes of which the number is given
/// again as soon as nobody holds the file, birth times, stamps that move in coarse steps, hard and symbolic links, permissions.
/// Thread-safe.
/// </summary>
public sealed class MemoryFileTree : IFileTree, ITreeWriter
{
    private const int LinksFollowedMax = 40;
    private const ulong Device = 7;

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly ulong stepNs;
    private readonly SortedSet<ulong> free = [];
    private readonly MemoryInode root;
    private ulong lastNumber = 1;

    /// <summary>Stamps move in steps of <paramref name="stampStep"/>, as those of kernels do: of the time that passed, whatever the clock was set to.</summary>
    public MemoryFileTree(TimeProvider clock, TimeSpan stampStep)
    {
        this.clock = clock;
        stepNs = (ulong)stampStep.TotalNanoseconds;
        root = new MemoryInode(lastNumber++, Stamp(), DirectoryEntryKind.Directory);
    }

    public ulong NowNs => (ulong)(clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Told of every name that came, went or was permitted (false) and of every file whose content changed (true), by path.</summary>
    public event Action<string, bool>? Changed;

    /// <summary>A file, or a name of one, was made; its name was told as changed before.</summary>
    public event Action<string>? Created;

    public FilePresence Look(string path, out FileStatus status)
    {
        lock (gate)
        {
            FilePresence presence = Find(path, followLast: true, out MemoryInode? node);
            status = node is null ? default : StatusOf(node);
            return presence;
        }
    }

    public IReadOnlyList<DirectoryEntry>? List(string directory)
    {
        lock (gate)
        {
            if (Find(directory, followLast: true, out MemoryInode? node) != FilePresence.There || node!.Kind != DirectoryEntryKind.Directory || !node.IsPermitted)
                return null;
            return [.. node.Entries.Select(e => new DirectoryEntry(e.Key, Path.Join(directory, e.Key), e.Value.Number, e.Value.Kind))];
        }
    }

    public IFileHandle Open(string path)
    {
        lock (gate)
        {
            MemoryInode node = Get(path);
            if (!node.IsPermitted || node.Kind == DirectoryEntryKind.Directory)
                throw new UnauthorizedAccessException($"{path} must not be read");
            return new Opened(this, node);
        }
    }

    public string Resolve(string path)
    {
        lock (gate)
        {
            string at = path;
            for (int i = 0; i < LinksFollowedMax && Find(at, followLast: false, out MemoryInode? node) == FilePresence.There; i++)
            {
                if (node!.Kind != DirectoryEntryKind.Link)
                    return at;
                at = Path.GetFullPath(node.Target, Path.GetDirectoryName(at)!);
            }
            return path;
        }
    }

    public void CreateDirectory(string path)
    {
        lock (gate)
        {
            if (path == "/" || Find(path, followLast: true, out _) == FilePresence.There)
                return;
            CreateDirectory(Path.GetDirectoryName(path)!);
            Add(path, Make(DirectoryEntryKind.Directory));
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (gate)
        {
            if (Get(path).Entries.Count > 0)
                throw new IOException($"{path} is not empty");
            Remove(path);
        }
    }

    public void Append(string path, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
            Append(GetOrCreate(path), bytes);
    }

    public ITreeAppender OpenAppend(string path)
    {
        lock (gate)
            return new Opened(this, GetOrCreate(path));
    }

    public void Truncate(string path, long length)
    {
        lock (gate)
        {
            MemoryInode node = Get(path);
            node.Content.SetLength(checked((int)length));
            NoteContent(node);
        }
    }

    public void Rename(string from, string to)
    {
        lock (gate)
        {
            MemoryInode node = GetLast(from);
            if (Find(to, followLast: false, out MemoryInode? there) == FilePresence.There)
            {
                // Two names of one file: rename(2) does nothing.
                if (there == node)
                    return;
                Remove(to);
            }
            Unname(from, node);
            Add(to, node);
            node.ChangedNs = Stamp();
        }
    }

    public void Delete(string path)
    {
        lock (gate)
            Remove(path);
    }

    public void Link(string existing, string name)
    {
        lock (gate)
        {
            Add(name, GetLast(existing));
            Created?.Invoke(name);
        }
    }

    public void SymbolicLink(string target, string name)
    {
        lock (gate)
        {
            Add(name, new MemoryInode(NextNumber(), Stamp(), DirectoryEntryKind.Link) { Target = target });
            Created?.Invoke(name);
        }
    }

    public bool Exists(string path) => Look(path, out _) == FilePresence.There;

    public byte[] ReadAll(string path)
    {
        lock (gate)
            return Get(path).Content.Bytes.ToArray();
    }

    public void CopyModified(string from, string to)
    {
        lock (gate)
        {
            MemoryInode node = Get(to);
            node.ModifiedNs = Get(from).ModifiedNs;
            node.ChangedNs = Stamp();
        }
    }

    public void Permit(string path, bool allowed)
    {
        lock (gate)
        {
            MemoryInode node = Get(path);
            node.IsPermitted = allowed;
            node.ChangedNs = Stamp();
            Changed?.Invoke(path, false);
        }
    }

    private static FileStatus StatusOf(MemoryInode node) => new()
    {
        Identity = new FileIdentity(Device, node.Number, node.BirthNs),
        Size = node.Content.Length,
        ModifiedNs = node.ModifiedNs,
        ChangedNs = node.ChangedNs,
        Links = (uint)node.Names.Count,
        IsFile = node.Kind == DirectoryEntryKind.File,
        IsDirectory = node.Kind == DirectoryEntryKind.Directory,
    };

    private static string? PathOf(MemoryInode node)
    {
        if (node.Names.Count == 0)
            return null;
        (MemoryInode directory, string name) = node.Names[0];
        return Path.Join(directory.Names.Count == 0 ? "/" : PathOf(directory), name);
    }

    private ulong Stamp() => NowNs - (ulong)clock.GetElapsedTime(0).Ticks * 100 % stepNs;

    private ulong NextNumber()
    {
        if (free.Count == 0)
            return lastNumber++;
        ulong number = free.Min;
        free.Remove(number);
        return number;
    }

    private MemoryInode Make(DirectoryEntryKind kind) => new(NextNumber(), Stamp(), kind);

    private MemoryInode Get(string path) => Found(Find(path, followLast: true, out MemoryInode? node), node, path);

    private MemoryInode GetLast(string path) => Found(Find(path, followLast: false, out MemoryInode? node), node, path);

    private static MemoryInode Found(FilePresence presence, MemoryInode? node, string path) => presence switch
    {
        FilePresence.There => node!,
        FilePresence.Hidden => throw new UnauthorizedAccessException($"a directory of {path} must not be searched"),
        _ => throw new FileNotFoundException($"{path} is not there", path),
    };

    private MemoryInode GetOrCreate(string path)
    {
        if (Find(path, followLast: true, out MemoryInode? node) != FilePresence.There)
        {
            Add(path, node = Make(DirectoryEntryKind.File));
            Created?.Invoke(path);
        }
        return node!;
    }

    private FilePresence Find(string path, bool followLast, out MemoryInode? found)
    {
        int followed = 0;
        return Find(path, followLast, ref followed, out found);
    }

    private FilePresence Find(string path, bool followLast, ref int followed, out MemoryInode? found)
    {
        found = null;
        MemoryInode at = root;
        int start = 1;
        while (start < path.Length)
        {
            int slash = path.IndexOf('/', start);
            string name = slash < 0 ? path[start..] : path[start..slash];
            if (at.Kind != DirectoryEntryKind.Directory)
                return FilePresence.Absent;
            if (!at.IsPermitted)
                return FilePresence.Hidden;
            if (!at.Entries.TryGetValue(name, out MemoryInode? next))
                return FilePresence.Absent;
            if (next.Kind == DirectoryEntryKind.Link && (slash >= 0 || followLast))
            {
                string target = Path.GetFullPath(next.Target, slash < 0 ? Path.GetDirectoryName(path)! : Path.GetDirectoryName(path[..slash])!);
                if (++followed > LinksFollowedMax)
                    return FilePresence.Hidden;
                FilePresence presence = Find(target, followLast: true, ref followed, out next);
                if (presence != FilePresence.There)
                    return presence;
            }
            at = next!;
            start = slash < 0 ? path.Length : slash + 1;
        }
        found = at;
        return FilePresence.There;
    }

    private void Add(string path, MemoryInode node)
    {
        MemoryInode directory = Get(Path.GetDirectoryName(path)!);
        string name = Path.GetFileName(path);
        if (!directory.Entries.TryAdd(name, node))
            throw new IOException($"{path} is there already");
        node.Names.Add((directory, name));
        node.ChangedNs = directory.ModifiedNs = directory.ChangedNs = Stamp();
        Changed?.Invoke(path, false);
    }

    private void Remove(string path)
    {
        MemoryInode node = GetLast(path);
        Unname(path, node);
        node.ChangedNs = Stamp();
        Release(node);
    }

    private void Unname(string path, MemoryInode node)
    {
        MemoryInode directory = Get(Path.GetDirectoryName(path)!);
        directory.Entries.Remove(Path.GetFileName(path));
        node.Names.Remove((directory, Path.GetFileName(path)));
        directory.ModifiedNs = directory.ChangedNs = Stamp();
        Changed?.Invoke(path, false);
    }

    private void Release(MemoryInode node)
    {
        if (node.Names.Count == 0 && node.Opened == 0)
            free.Add(node.Number);
    }

    private void Append(MemoryInode node, ReadOnlySpan<byte> bytes)
    {
        node.Content.Append(bytes);
        NoteContent(node);
    }

    private void NoteContent(MemoryInode node)
    {
        node.ModifiedNs = node.ChangedNs = Stamp();
        if (Changed is { } changed && PathOf(node) is { } path)
            changed(path, true);
    }

    private sealed class Opened : IFileHandle, ITreeAppender
    {
        private readonly MemoryFileTree tree;
        private readonly MemoryInode node;
        private bool disposed;

        public Opened(MemoryFileTree tree, MemoryInode node)
        {
            this.tree = tree;
            this.node = node;
            node.Opened++;
        }

        public string? Name
        {
            get
            {
                lock (tree.gate)
                    return PathOf(node);
            }
        }

        public FileStatus Status()
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            lock (tree.gate)
                return StatusOf(node);
        }

        public int Read(Span<byte> into, long offset)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            lock (tree.gate)
            {
                if (offset >= node.Content.Length)
                    return 0;
                int count = (int)Math.Min(into.Length, node.Content.Length - offset);
                node.Content.Bytes.Slice((int)offset, count).CopyTo(into);
                return count;
            }
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            lock (tree.gate)
                tree.Append(node, bytes);
        }

        public void Dispose()
        {
            if (disposed)
                return;
            disposed = true;
            lock (tree.gate)
            {
                node.Opened--;
                tree.Release(node);
            }
        }
    }
}
