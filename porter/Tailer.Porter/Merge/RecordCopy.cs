using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>Where one copy of a record lies.</summary>
internal readonly record struct RecordCopy(IBuck Buck, BucketFileName File, RecordPosition Position);
