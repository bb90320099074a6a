namespace Tailer.Archie;

/// <summary>A stretch of bucket time, end exclusive, and the stored bytes of all copies in it.</summary>
internal readonly record struct BucketWindow(ulong From, ulong To, long Bytes);
