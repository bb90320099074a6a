using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// One disk of the store: where it is, whether it is there, and what on it is not synced. Thread-safe. It is *there* from the moment it was
/// admitted until it fails; then it is aside, as if it were not configured, until its loop has brought it back.
/// </summary>
internal sealed class StoreDisk
{
    private readonly Lock gate = new();
    private readonly List<UnsyncedFile> detached = [];
    private readonly HashSet<string> dirtyDirectories = new(StringComparer.Ordinal);
    private volatile string? trouble;
    private long failures;

    /// <param name="disk">The operations.</param>
    /// <param name="options">Its configuration.</param>
    /// <param name="identity">Null: it is not known yet which disk is there, and it must be admitted first.</param>
    public StoreDisk(IDisk disk, DiskOptions options, DiskIdentity? identity)
    {
        Calls = new DiskCalls(options.Timeout);
        Disk = new WatchedDisk(disk, Calls, (path, e) => ReadFailed?.Invoke(path, e));
        Options = options;
        Reserve = new DiskReserve(Disk, options.Path, options.ReserveBytes);
        if (identity is null)
            trouble = "it was not looked at yet";
        else
            Admitted(identity);
    }

    /// <summary>The data directory, where no disks are configured: it is there from the beginning.</summary>
    public static StoreDisk Only(IDisk disk, string directory, long reserveBytes, TimeSpan? timeout = null) =>
        new(disk, new DiskOptions { Path = directory, ReserveBytes = reserveBytes, Timeout = timeout ?? Timeout.InfiniteTimeSpan }, DiskIdentity.OnlyDisk);

    /// <summary>Its operations, each with a time limit.</summary>
    public IDisk Disk { get; }

    /// <summary>What it is being asked for.</summary>
    public DiskCalls Calls { get; }

    /// <summary>Called with the path when the disk cannot give what is on it.</summary>
    public Action<string, IOException>? ReadFailed { get; set; }

    public DiskOptions Options { get; }

    public string Directory => Options.Path;

    public int Weight => Options.Weight;

    public DiskReserve Reserve { get; }

    /// <summary>What messages call it; -1 while it has never been there.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>What makes its draws its own.</summary>
    public ulong Seed { get; private set; }

    /// <summary>Why nothing is read from it or written to it; null while it is there.</summary>
    public string? Trouble => trouble;

    public bool IsThere => trouble is null;

    /// <summary>How often it was set aside.</summary>
    public long Failures => Interlocked.Read(ref failures);

    /// <summary>For people and scripts.</summary>
    public string State => !IsThere ? "aside" : Options.Drain ? "draining" : Reserve.IsReached ? "full" : "ok";

    /// <summary>It would take a record of so many bytes now.</summary>
    public bool Takes(int bytes) => trouble is null && !Options.Drain && Reserve.HasRoom(bytes);

    /// <summary>It is known which disk is there; it counts as there when <see cref="Return"/> is called.</summary>
    public void Admitted(DiskIdentity identity)
    {
        Number = identity.Number;
        Seed = identity.Seed;
    }

    public void Return() => trouble = null;

    /// <summary>False when it was aside already.</summary>
    public bool SetAside(string reason)
    {
        lock (gate)
        {
            if (trouble is not null)
                return false;
            trouble = reason;
            failures++;
            return true;
        }
    }

    /// <summary>A reason that is better known now, while it is aside. True when it is another one than before.</summary>
    public bool StillAside(string reason)
    {
        bool isNews = trouble != reason;
        trouble = reason;
        return isNews;
    }

    public string PathOf(BucketKey bucket) => Path.Combine(Directory, bucket.RelativePath);

    /// <summary>Names in a directory of it, in order; none while it is aside. Throws <see cref="IOException"/>.</summary>
    public IReadOnlyList<string> List(string? below = null) =>
        IsThere ? Disk.List(below is null ? Directory : Path.Combine(Directory, below)) : [];

    public void Detach(UnsyncedFile file)
    {
        lock (gate)
            detached.Add(file);
    }

    public void NoteChangedDirectory(string path)
    {
        lock (gate)
            dirtyDirectories.Add(path);
    }

    /// <summary>What was closed or changed since the last call; the caller syncs and disposes it.</summary>
    public (UnsyncedFile[] Files, string[] Directories) TakeUnsynced()
    {
        lock (gate)
        {
            UnsyncedFile[] files = [.. detached];
            string[] directories = [.. dirtyDirectories];
            detached.Clear();
            dirtyDirectories.Clear();
            return (files, directories);
        }
    }
}
