namespace Tailer.Buck;

/// <summary>
/// A moment between two appends: how many records each open bucket had. Only open buckets grow; a bucket that was not open at
/// the moment is taken as it is when it is read, so a late delivery into it at that very moment may be seen on both sides.
/// </summary>
internal sealed record StoreMark(IReadOnlyDictionary<BucketFile, (OpenBucket Bucket, int Records)> Ends);
