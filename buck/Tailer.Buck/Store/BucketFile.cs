namespace Tailer.Buck;

/// <summary>A bucket file as a listing shows it.</summary>
internal readonly record struct BucketFile(BucketKey Key, long LengthBytes);
