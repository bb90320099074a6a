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

    private readonly ConcurrentDictionary<BucketKey, (long RawBytes, long FileBytes, int Records, ContentHash IdsHash)> remembered = new();

    public static BucketKey KeyOf(BucketFileName file) => BucketKey.Of(file.Start, (ulong)file.WidthSeconds * LogTime.PerSecond);

    /// <summary>A file's name tells whether its bucket starts at a whole minute, not how wide it is: that is the same everywhere in an environment.</summary>
    public BucketFileName NameOf(BucketKey key) =>
        new(key.Start, key.HasSeconds == (bucketSeconds % 60 != 0) ? bucketSeconds : key.HasSeconds ? 1 : 60, Disk: 0);

    /// <summary>The bucket is over by this buck's clock.</summary>
    public bool IsClosed(BucketFileName file) => file.Start + ((ulong)file.WidthSeconds * LogTime.PerSecond) <= LogTime.Now(clock);

    public Buckets List(ListBuckets list, CancellationToken cancellation)
    {
        int max = Math.Clamp(list.Max, 1, WireLimits.BucketsMax);
        var files = new List<BucketListing>();
        foreach (BucketKey key in store.Buckets().Where(key => key.Start >= list.From && key.Start < list.To))
        {
            cancellation.ThrowIfCancellationRequested();
            if (files.Count == max)
                return new Buckets(true, files);
            if (Listing(key) is { } listing)
                files.Add(listing);
        }
        return new Buckets(false, files);
    }

    /// <summary>Bucket files, records in them and their bytes.</summary>
    public (int Buckets, long Records, long Bytes) Totals(CancellationToken cancellation)
    {
        int buckets = 0;
        long records = 0, bytes = 0;
        foreach (BucketKey key in store.Buckets())
        {
            cancellation.ThrowIfCancellationRequested();
            if (Facts(key) is not { } facts)
                continue;
            buckets++;
            records += facts.Records;
            bytes += facts.FileBytes;
        }
        return (buckets, records, bytes);
    }

    private BucketListing? Listing(BucketKey key)
    {
        if (Facts(key) is not { } facts)
            return null;
        BucketFileName name = NameOf(key);
        return new BucketListing(name, facts.FileBytes, facts.Records, facts.IdsHash, IsClosed(name));
    }

    private (long FileBytes, int Records, ContentHash IdsHash)? Facts(BucketKey key)
    {
        long raw = -1;
        if (store.FindOpen(key) is null)
        {
            using IDiskFile? file = store.OpenRead(key);
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
