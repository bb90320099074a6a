using System.Collections.Concurrent;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// Lists bucket files with what names their content. A closed file is walked once; after that its facts are remembered for as
/// long as its length stays.
/// </summary>
internal sealed class BucketLister(BucketStore store, int bucketSeconds, TimeProvider clock)
{
    /// <summary>A month of minutes; then the cache starts anew, which costs one more walk of what is listed.</summary>
    private const int RememberedMax = 44_640;

    private readonly ConcurrentDictionary<BucketFile, (long RawBytes, long FileBytes, int Records, ContentHash IdsHash)> remembered = new();

    public static BucketKey KeyOf(BucketFileName file) => BucketKey.Of(file.Start, (ulong)file.WidthSeconds * LogTime.PerSecond);

    /// <summary>A file's name tells whether its bucket starts at a whole minute, not how wide it is: that is the same everywhere in an environment.</summary>
    public BucketFileName NameOf(BucketFile file)
    {
        BucketKey key = file.Key;
        return new BucketFileName(key.Start, key.HasSeconds == (bucketSeconds % 60 != 0) ? bucketSeconds : key.HasSeconds ? 1 : 60, file.Disk.Number);
    }

    /// <summary>The file that was listed under this name; null while its disk is not there.</summary>
    public BucketFile? Find(BucketFileName file) => store.DiskOf(file.Disk) is { } disk ? new BucketFile(disk, KeyOf(file)) : null;

    /// <summary>The bucket is over by this buck's clock.</summary>
    public bool IsClosed(BucketFileName file) => file.Start + ((ulong)file.WidthSeconds * LogTime.PerSecond) <= LogTime.Now(clock);

    public Buckets List(ListBuckets list, CancellationToken cancellation)
    {
        if (!store.Disks.Any(disk => disk.IsThere))
            throw new IOException($"none of the disks can be used: {store.Refusal}");
        int max = Math.Clamp(list.Max, 1, WireLimits.BucketsMax);
        var files = new List<BucketListing>();
        int whole = 0;
        foreach (BucketFile file in store.Files().Where(file => file.Key.Start >= list.From && file.Key.Start < list.To))
        {
            cancellation.ThrowIfCancellationRequested();
            if (files.Count > 0 && files[^1].File.Start != file.Key.Start)
                whole = files.Count;
            if (files.Count >= max && whole > 0)
            {
                // Who asks goes on behind the last bucket, so its files on all disks are in one answer.
                files.RemoveRange(whole, files.Count - whole);
                return new Buckets(true, files);
            }
            if (Listing(file) is { } listing)
                files.Add(listing);
        }
        return new Buckets(false, files);
    }

    /// <summary>Bucket files, records in them and their bytes.</summary>
    public (int Buckets, long Records, long Bytes) Totals(CancellationToken cancellation)
    {
        int buckets = 0;
        long records = 0, bytes = 0;
        foreach (BucketFile file in store.Files())
        {
            cancellation.ThrowIfCancellationRequested();
            if (Facts(file) is not { } facts)
                continue;
            buckets++;
            records += facts.Records;
            bytes += facts.FileBytes;
        }
        return (buckets, records, bytes);
    }

    private BucketListing? Listing(BucketFile file)
    {
        if (Facts(file) is not { } facts)
            return null;
        BucketFileName name = NameOf(file);
        return new BucketListing(name, facts.FileBytes, facts.Records, facts.IdsHash, IsClosed(name));
    }

    private (long FileBytes, int Records, ContentHash IdsHash)? Facts(BucketFile key)
    {
        long raw = -1;
        if (store.FindOpen(key) is null)
        {
            using IDiskFile? file = key.OpenRead();
            if (file is null)
                return null;
            raw = file.Length;
            if (remembered.TryGetValue(key, out (long RawBytes, long FileBytes, int Records, ContentHash IdsHash) known) && known.RawBytes == raw)
                return (known.FileBytes, known.Records, known.IdsHash);
        }
        if (store.Facts(key) is not { } facts)
            return null;
        ContentHash hash = facts.IdsHash();
        if (raw >= 0)
        {
            if (remembered.Count >= RememberedMax)
                remembered.Clear();
            remembered[key] = (raw, facts.LengthBytes, facts.Records.Count, hash);
        }
        return (facts.LengthBytes, facts.Records.Count, hash);
    }
}
