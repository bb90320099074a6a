using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// All bucket files of all disks: appends, compares and deletes. Thread-safe. What <see cref="AppendAsync"/> reports as stored is in
/// the page cache and survives kill -9; <see cref="DiskFiles.Sync"/> makes it survive a power loss. A disk that fails is set aside, as if it were not
/// there, and its <see cref="DiskLoop"/> brings it back; the others go on.
/// </summary>
internal sealed class BucketStore
{
    /// <summary>
    /// Open files and their ids in memory, for each disk, over all disks: the bucket of the moment, that before it, and room for agents that deliver what
    /// they kept during an outage. A minute of 10,000 agents is 60,000 ids, 4 MB, however many disks they are on; 16 of them are the memory this may take.
    /// </summary>
    public const int OpenBucketsMax = 16;

    private readonly StoreDisk[] disks;
    private readonly StoreOptions options;
    private readonly TimeProvider clock;
    private readonly OpenBuckets open;
    private readonly DiskFiles[] files;
    private readonly PacketClaims claims = new();
    private readonly Lock seam = new();

    public BucketStore(IReadOnlyList<StoreDisk> diskList, StoreOptions options, SourceCatalog catalog, TimeProvider clock, ILogger<BucketStore> logger)
    {
        disks = [.. diskList];
        this.options = options;
        this.clock = clock;
        open = new OpenBuckets(OpenBucketsMax * disks.Length, catalog, seam);
        files = [.. disks.Select(disk => new DiskFiles(disk, open, logger))];
        foreach (DiskFiles disk in files)
            disk.Disk.ReadFailed = disk.ReadFailed;
    }

    public IReadOnlyList<StoreDisk> Disks => disks;

    /// <summary>The same, with what is done on each.</summary>
    public IReadOnlyList<DiskFiles> DiskFiles => files;

    /// <summary>Why no disk takes anything; null while one does.</summary>
    public string? Refusal
    {
        get
        {
            foreach (StoreDisk disk in disks)
            {
                if (disk.Takes(0))
                    return null;
            }
            return string.Join("; ", disks.Select(WhyNot));
        }
    }

    /// <summary>
    /// Stores one checked record in its bucket's file on one disk, unless it is there on any; one to be healed also when it is there, damaged. Writes on the
    /// caller's thread; while others are at the same file, or it must be opened, no thread waits.
    /// </summary>
    public ValueTask<StoreResult> AppendAsync(NewRecord record) =>
        record.Bucket.Start > LogTime.Now(clock) + options.FutureMax ? ValueTask.FromResult(new StoreResult(StoreOutcome.FarFuture, null))
        : disks.Length == 1 ? files[0].AppendAsync(record)
        : AppendOnceAsync(record);

    /// <summary>As <see cref="AppendAsync"/>, for who has a thread that may wait.</summary>
    public StoreResult Append(BucketKey bucket, RecordType type, PacketId id, ReadOnlyMemory<byte> body, bool healed = false) =>
        AppendAsync(new NewRecord(bucket, type, id, body) { Healed = healed }).AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Deletes the bucket's file if it is exactly as <paramref name="isAsExpected"/> wants it; null when there is none. No append is lost: one that
    /// comes at the same time either changes what is compared or makes a new file. Throws <see cref="IOException"/>.
    /// </summary>
    public bool? TryPrune(BucketFile file, Func<BucketFacts, bool> isAsExpected) => files[Array.IndexOf(disks, file.Disk)].TryPrune(file, isAsExpected);

    /// <summary>
    /// The records of a bucket's file and the length they make up; null when there is no such file. Open buckets know theirs, others
    /// are walked. Throws <see cref="IOException"/>.
    /// </summary>
    public BucketFacts? Facts(BucketFile file)
    {
        if (FindOpen(file)?.Facts is { } known)
            return known;
        using IDiskFile? opened = file.OpenRead();
        if (opened is null)
            return null;
        List<RecordPlace> places = BucketWalk.Places(opened, out long end);
        return new BucketFacts(end, places);
    }

    /// <summary>All bucket files of the disks that are there, oldest bucket first. A disk that cannot list its files is set aside.</summary>
    public IEnumerable<BucketFile> Files()
    {
        foreach (string day in files.SelectMany(disk => disk.Days()).Distinct().Order(StringComparer.Ordinal))
        {
            List<BucketFile> found = [.. files.SelectMany(disk => disk.FilesOf(day))];
            if (files.Length > 1)
                found.Sort(static (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.Disk.Number.CompareTo(b.Disk.Number));
            foreach (BucketFile file in found)
                yield return file;
        }
    }

    /// <summary>The bucket's file on each disk that is there, whether or not there is one.</summary>
    public IEnumerable<BucketFile> FilesOf(BucketKey bucket) => disks.Where(disk => disk.IsThere).Select(disk => new BucketFile(disk, bucket));

    /// <summary>The disk with this number; null while none is there.</summary>
    public StoreDisk? DiskOf(int number) => Array.Find(disks, disk => disk.Number == number && disk.IsThere);

    /// <summary>The bucket if it is open for appending: then its records are known without reading the file.</summary>
    public OpenBucket? FindOpen(BucketFile file) => open.Find(file);

    /// <summary>
    /// Where the buckets end now. <paramref name="atThatMoment"/> is called at once with it: what is stored before is in the mark, and what <see cref="NewRecord.Stored"/>
    /// is called for afterwards is not. Waits for no disk; what is being written at present is not stored yet. The caller disposes it.
    /// </summary>
    public StoreMark Mark(Action? atThatMoment = null)
    {
        lock (seam)
        {
            StoreMark mark = open.Mark();
            atThatMoment?.Invoke();
            return mark;
        }
    }

    /// <summary>The buckets that are open now.</summary>
    public IReadOnlyList<OpenBucket> Open() => open.All();

    /// <summary>Syncs all that was appended before the call, disk by disk. Throws <see cref="IOException"/> of the first that does not do it.</summary>
    public void Sync() => ForEach(static disk => disk.Sync());

    /// <summary>Syncs and closes everything; nothing may be appended afterwards. Throws <see cref="IOException"/> of the first disk that does not do it.</summary>
    public void Close() => ForEach(static disk => disk.Close());

    private void ForEach(Action<DiskFiles> action)
    {
        IOException? failed = null;
        foreach (DiskFiles disk in files)
        {
            try
            {
                action(disk);
            }
            catch (IOException e)
            {
                failed ??= e;
            }
        }
        if (failed is not null)
            throw failed;
    }

    private static string WhyNot(StoreDisk disk) => disk.Trouble is { } trouble
        ? $"{disk.Directory} is set aside: {trouble}"
        : disk.Options.Drain ? $"{disk.Directory} is drained" : $"{disk.Directory} is at its reserve";

    private async ValueTask<StoreResult> AppendOnceAsync(NewRecord record)
    {
        PacketClaim claim = await claims.TakeAsync(record.Id).ConfigureAwait(false);
        try
        {
            record.Claim = claim;
            return await AppendToOneAsync(record).ConfigureAwait(false);
        }
        finally
        {
            claim.Release();
        }
    }

    private async ValueTask<StoreResult> AppendToOneAsync(NewRecord record)
    {
        ulong passed = 0;
        int first = DiskChoice.Next(disks, record.Id, record.FileBytes, passed);
        if (await FindOnOthersAsync(first, record).ConfigureAwait(false) is { } holder)
        {
            return record.Healed && holder.Disk.Takes(record.FileBytes)
                ? await holder.AppendAsync(record).ConfigureAwait(false)
                : new StoreResult(StoreOutcome.Repeat, holder.Disk);
        }
        for (int i = first; i >= 0; i = DiskChoice.Next(disks, record.Id, record.FileBytes, passed))
        {
            passed |= 1UL << i;
            StoreResult result = await files[i].AppendAsync(record).ConfigureAwait(false);
            if (result.IsHere || record.IsGivenUp)
                return result;
        }
        // Full before failed: a full disk has room again without anybody's doing.
        return new StoreResult(Array.Exists(disks, disk => disk.IsThere && !disk.Options.Drain) ? StoreOutcome.DiskFull : StoreOutcome.DiskFailed, null);
    }

    /// <summary>A disk that has the record, other than the one that will look for itself; of several one whose copy is damaged, when it is to be healed.</summary>
    private async ValueTask<DiskFiles?> FindOnOthersAsync(int first, NewRecord record)
    {
        DiskFiles? holder = null;
        for (int i = 0; i < files.Length; i++)
        {
            if (i == first)
                continue;
            (bool has, bool isDamaged) = await files[i].HasAsync(record.Bucket, record.Id, askDamaged: record.Healed).ConfigureAwait(false);
            if (!has)
                continue;
            if (!record.Healed || (isDamaged && disks[i].Takes(0)))
                return files[i];
            if (!isDamaged)
                holder = files[i];
        }
        return holder;
    }
}
