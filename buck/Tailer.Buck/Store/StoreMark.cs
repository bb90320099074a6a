namespace Tailer.Buck;

/// <summary>
/// A moment between two appends: how many records each open bucket had, null where they were not read yet. Only open buckets grow; of one that was not open
/// or not read at the moment, what was in it when it was opened is before the mark (<see cref="OpenBucket.RecordsBefore"/>).
/// </summary>
internal sealed record StoreMark(IReadOnlyDictionary<BucketFile, (OpenBucket Bucket, int? Records)> Ends);
