using System.Collections.Concurrent;

namespace Tailer.Buck;

/// <summary>
/// A moment between two appends: how many records each open bucket had. Only open buckets grow. Of one whose records were not read at the moment, or that was
/// opened since, what was in it when it was opened is before the mark. Until it is disposed it is told of each bucket that is opened.
/// </summary>
internal sealed class StoreMark(OpenBuckets open, IReadOnlyDictionary<BucketFile, (OpenBucket Bucket, int? Records)> ends) : IDisposable
{
    private readonly ConcurrentDictionary<BucketFile, OpenBucket> opened = new();

    /// <summary>The buckets that were open; null where their records were not known.</summary>
    public IReadOnlyDictionary<BucketFile, (OpenBucket Bucket, int? Records)> Ends => ends;

    /// <summary>
    /// The bucket and how many of its records are before the mark; null while it is as it was: none of it was opened for appending since, or its records were
    /// not read yet.
    /// </summary>
    public (OpenBucket Bucket, int Records)? Of(BucketFile file)
    {
        if (ends.TryGetValue(file, out (OpenBucket Bucket, int? Records) end) && (end.Records ?? end.Bucket.RecordsBefore) is { } then)
            return (end.Bucket, then);
        return opened.TryGetValue(file, out OpenBucket? bucket) && bucket.RecordsBefore is { } before ? (bucket, before) : null;
    }

    /// <summary>Only the first opening counts.</summary>
    public void Opened(OpenBucket bucket) => opened.TryAdd(bucket.File, bucket);

    public void Dispose() => open.Forget(this);
}
