namespace Tailer.Buck;

/// <summary>
/// The bucket files that are open for appending, of all disks, at most so many: then the one that was not used for longest is closed. Thread-safe; its lock is
/// held for moments and never while a disk works.
/// </summary>
internal sealed class OpenBuckets(int max, SourceCatalog catalog, Lock seam)
{
    private readonly Dictionary<BucketFile, OpenBucket> open = [];
    private readonly HashSet<StoreMark> marks = [];
    private readonly Lock gate = new();
    private long uses;

    /// <summary>The bucket if it is open: then its records are known without reading the file.</summary>
    public OpenBucket? Find(BucketFile file)
    {
        lock (gate)
            return open.GetValueOrDefault(file);
    }

    /// <summary>The bucket, opened when it is first used; null while its disk is aside.</summary>
    public OpenBucket? Get(BucketFile file)
    {
        lock (gate)
        {
            // Under the lock: who sets a disk aside takes all its buckets out afterwards, so none is left in here.
            if (!file.Disk.IsThere)
                return null;
            if (!open.TryGetValue(file, out OpenBucket? bucket) || bucket.IsClosed)
            {
                if (bucket is null && open.Count >= max)
                    CloseLeastUsed();
                bucket = new OpenBucket(file, catalog, seam);
                open[file] = bucket;
                foreach (StoreMark mark in marks)
                    mark.Opened(bucket);
            }
            bucket.LastUse = ++uses;
            return bucket;
        }
    }

    public OpenBucket[] Of(StoreDisk disk)
    {
        lock (gate)
            return [.. open.Values.Where(bucket => bucket.File.Disk == disk)];
    }

    public OpenBucket[] All()
    {
        lock (gate)
            return [.. open.Values];
    }

    /// <summary>How many records each has now; called while none gets one.</summary>
    public StoreMark Mark()
    {
        lock (gate)
        {
            var mark = new StoreMark(this, open.Values.ToDictionary(bucket => bucket.File, bucket => (bucket, bucket.Records)));
            marks.Add(mark);
            return mark;
        }
    }

    public void Forget(StoreMark mark)
    {
        lock (gate)
            marks.Remove(mark);
    }

    /// <summary>Takes a disk's buckets out; the caller closes them.</summary>
    public OpenBucket[] Remove(StoreDisk disk)
    {
        lock (gate)
        {
            OpenBucket[] removed = [.. open.Values.Where(bucket => bucket.File.Disk == disk)];
            foreach (OpenBucket bucket in removed)
                open.Remove(bucket.File);
            return removed;
        }
    }

    public void Forget(OpenBucket bucket)
    {
        lock (gate)
        {
            if (open.TryGetValue(bucket.File, out OpenBucket? now) && ReferenceEquals(now, bucket))
                open.Remove(bucket.File);
        }
    }

    /// <summary>Busy ones are passed over: then one more than the limit is open until the next is asked for.</summary>
    private void CloseLeastUsed()
    {
        foreach (OpenBucket bucket in open.Values.OrderBy(b => b.LastUse))
        {
            if (!bucket.TryClose(TimeSpan.Zero, out UnsyncedFile? file))
                continue;
            if (file is { } unsynced)
                bucket.File.Disk.Detach(unsynced);
            open.Remove(bucket.File);
            return;
        }
    }
}
