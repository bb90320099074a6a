using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// All bucket files of the disk: appends, compares and deletes. Thread-safe. What <see cref="Append"/> reports as stored is in
/// the page cache and survives kill -9; <see cref="Sync"/> makes it survive a power loss.
/// </summary>
internal sealed class BucketStore
{
    /// <summary>
    /// Open files and their ids in memory: the bucket of the moment, that before it, and room for agents that deliver what
    /// they kept during an outage. A minute of 10,000 agents is 60,000 ids, 4 MB; 16 of them are the memory this may take.
    /// </summary>
    public const int OpenBucketsMax = 16;

    private readonly Dictionary<BucketKey, OpenBucket> open = [];
    private readonly List<BucketFileWriter> detached = [];
    private readonly HashSet<string> dirtyDirectories = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly IDisk disk;
    private readonly StoreOptions options;
    private readonly TimeProvider clock;
    private readonly SourceCatalog catalog;
    private readonly ILogger<BucketStore> logger;
    private readonly DiskReserve reserve;
    private long uses;
    private volatile string? failure;

    public BucketStore(IDisk disk, StoreOptions options, SourceCatalog catalog, TimeProvider clock, ILogger<BucketStore> logger)
    {
        this.disk = disk;
        this.options = options;
        this.catalog = catalog;
        this.clock = clock;
        this.logger = logger;
        reserve = new DiskReserve(disk, options.Directory, options.ReserveBytes);
    }

    public IDisk Disk => disk;

    public string Directory => options.Directory;

    public DiskReserve Reserve => reserve;

    /// <summary>Why nothing is taken any more; null while the disk works.</summary>
    public string? Failure => failure;

    /// <summary>
    /// Stores one checked record in its bucket's file, unless it is there; with <paramref name="healed"/> also when it is there, damaged.
    /// </summary>
    public StoreOutcome Append(BucketKey bucket, RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed = false)
    {
        if (failure is not null)
            return StoreOutcome.DiskFailed;
        if (bucket.Start > LogTime.Now(clock) + options.FutureMax)
            return StoreOutcome.FarFuture;
        if (!reserve.HasRoom(body.Length + RecordHeader.Bytes))
            return StoreOutcome.DiskFull;
        try
        {
            return AppendToOpen(bucket, type, id, body, healed);
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            reserve.Look();
            BuckLog.DiskFull(logger, bucket.RelativePath, e.Message);
            return StoreOutcome.DiskFull;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(bucket.RelativePath, e);
            return StoreOutcome.DiskFailed;
        }
    }

    /// <summary>
    /// Deletes the bucket's file if it is exactly as <paramref name="isAsExpected"/> wants it; null when there is none. No append is lost: one that
    /// comes at the same time either changes what is compared or makes a new file. Throws <see cref="IOException"/>.
    /// </summary>
    public bool? TryPrune(BucketKey bucket, Func<BucketFacts, bool> isAsExpected)
    {
        while (disk.Exists(PathOf(bucket)))
        {
            OpenBucket opened = Open(bucket);
            if (opened.TryPrune(isAsExpected, out BucketFileWriter? writer) is not { } pruned)
                continue;
            if (!pruned)
                return false;
            Forget(opened, writer);
            disk.DeleteDirectory(Path.GetDirectoryName(opened.Path)!);
            return true;
        }
        return null;
    }

    /// <summary>
    /// The records of a bucket and the length they make up; null when there is no such file. Open buckets know theirs, others
    /// are walked.
    /// </summary>
    public BucketFacts? Facts(BucketKey bucket)
    {
        if (FindOpen(bucket)?.Facts is { } known)
            return known;
        using IDiskFile? file = OpenRead(bucket);
        if (file is null)
            return null;
        List<RecordPlace> places = BucketWalk.Places(file, out long end);
        return new BucketFacts(end, places);
    }

    /// <summary>All buckets that have a file, oldest first.</summary>
    public IEnumerable<BucketKey> Buckets()
    {
        foreach (string day in disk.List(options.Directory))
        {
            if (day.Length != Names.DayFormat.Length || !day.All(char.IsAsciiDigit))
                continue;
            foreach (string name in disk.List(Path.Combine(options.Directory, day)))
            {
                if (BucketKey.TryParse(day, name, out BucketKey key))
                    yield return key;
            }
        }
    }

    /// <summary>Opens a bucket's file for reading; null when there is none. The caller disposes it.</summary>
    public IDiskFile? OpenRead(BucketKey bucket) => disk.OpenRead(PathOf(bucket));

    /// <summary>The bucket if it is open for appending: then its records are known without reading the file.</summary>
    public OpenBucket? FindOpen(BucketKey bucket)
    {
        lock (gate)
            return open.GetValueOrDefault(bucket);
    }

    /// <summary>Where the open buckets end now. Meaningful while no append is under way.</summary>
    public StoreMark Mark()
    {
        lock (gate)
        {
            var ends = new Dictionary<BucketKey, (OpenBucket, int)>(open.Count);
            foreach (OpenBucket bucket in open.Values)
            {
                if (bucket.Records is { } records)
                    ends.Add(bucket.Key, (bucket, records));
            }
            return new StoreMark(ends);
        }
    }

    /// <summary>
    /// Syncs all that was appended before the call: files, then the directories that got new names. One caller at a time. Throws
    /// <see cref="IOException"/>, after which the store takes nothing any more: what the kernel could not write it may have
    /// thrown away, and a second fsync would not tell.
    /// </summary>
    public void Sync()
    {
        (BucketFileWriter[] dirty, BucketFileWriter[] gone, string[] directories) = TakeUnsynced();
        string path = options.Directory;
        try
        {
            foreach (BucketFileWriter writer in dirty)
            {
                path = writer.Path;
                Failpoint.Hit("syncing");
                writer.Sync();
            }
            Failpoint.Hit("synced");
            foreach (string directory in directories)
            {
                path = directory;
                if (disk.Exists(directory))
                    disk.SyncDirectory(directory);
            }
        }
        catch (IOException e)
        {
            Fail(path, e);
            throw;
        }
        finally
        {
            foreach (BucketFileWriter writer in gone)
                writer.Dispose();
        }
    }

    /// <summary>Syncs and closes everything; nothing may be appended afterwards.</summary>
    public void Close()
    {
        lock (gate)
        {
            foreach (OpenBucket bucket in open.Values)
                Detach(bucket);
            open.Clear();
            failure ??= "the store is closed";
        }
        Sync();
    }

    private string PathOf(BucketKey bucket) => Path.Combine(options.Directory, bucket.RelativePath);

    private StoreOutcome AppendToOpen(BucketKey bucket, RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed)
    {
        while (true)
        {
            StoreOutcome? outcome = Open(bucket).TryAppend(type, id, body, healed, out BucketOpening? opening);
            if (opening is not null)
                Opened(opening);
            if (outcome == StoreOutcome.Stored)
                reserve.Used(body.Length + RecordHeader.Bytes);
            if (outcome is { } known)
                return known;
        }
    }

    private OpenBucket Open(BucketKey key)
    {
        lock (gate)
        {
            if (!open.TryGetValue(key, out OpenBucket? bucket) || bucket.IsClosed)
            {
                if (bucket is null && open.Count >= OpenBucketsMax)
                    CloseLeastUsed();
                bucket = new OpenBucket(disk, PathOf(key), key, catalog);
                open[key] = bucket;
            }
            bucket.LastUse = ++uses;
            return bucket;
        }
    }

    /// <summary>Busy ones are passed over: then one more than the limit is open until the next is asked for.</summary>
    private void CloseLeastUsed()
    {
        foreach (OpenBucket bucket in open.Values.OrderBy(b => b.LastUse))
        {
            if (!Detach(bucket))
                continue;
            open.Remove(bucket.Key);
            return;
        }
    }

    private bool Detach(OpenBucket bucket)
    {
        if (!bucket.TryClose(out BucketFileWriter? writer))
            return false;
        if (writer is not null)
            detached.Add(writer);
        return true;
    }

    private void Forget(OpenBucket bucket, BucketFileWriter? writer)
    {
        lock (gate)
        {
            if (open.TryGetValue(bucket.Key, out OpenBucket? now) && ReferenceEquals(now, bucket))
                open.Remove(bucket.Key);
            if (writer is not null)
                detached.Add(writer);
            dirtyDirectories.Add(Path.GetDirectoryName(bucket.Path)!);
        }
    }

    private void Opened(BucketOpening opening)
    {
        if (opening.IsNew)
        {
            lock (gate)
            {
                dirtyDirectories.Add(Path.GetDirectoryName(opening.Path)!);
                dirtyDirectories.Add(options.Directory);
            }
        }
        if (opening.TornBytes > 0)
            BuckLog.TornTail(logger, opening.Path, opening.TornBytes);
        foreach ((long from, long to) in opening.Damage)
            BuckLog.Damage(logger, opening.Path, from, to);
    }

    /// <summary>
    /// First the open ones, then the closed ones: a bucket that is closed in between is then among the latter, so nothing that
    /// was appended before the call is passed over.
    /// </summary>
    private (BucketFileWriter[] Dirty, BucketFileWriter[] Gone, string[] Directories) TakeUnsynced()
    {
        OpenBucket[] buckets;
        lock (gate)
            buckets = [.. open.Values];
        BucketFileWriter[] dirty = [.. buckets.Select(b => b.TakeDirty()).OfType<BucketFileWriter>()];
        lock (gate)
        {
            BucketFileWriter[] gone = [.. detached];
            string[] directories = [.. dirtyDirectories];
            detached.Clear();
            dirtyDirectories.Clear();
            return ([.. dirty, .. gone], gone, directories);
        }
    }

    private void Fail(string path, Exception e)
    {
        failure ??= $"{path}: {e.Message}";
        BuckLog.DiskFailed(logger, path, e);
    }

    /// <summary>.NET puts errno into HResult (Interop.GetIOException of the runtime): ENOSPC, EDQUOT.</summary>
    private static bool IsDiskFull(IOException e) => e.HResult is 28 or 122;
}
