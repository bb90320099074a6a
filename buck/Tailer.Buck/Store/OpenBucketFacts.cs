using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>What a prune compares, seen under the bucket's lock: the file's length and its records as they lie in it.</summary>
internal readonly record struct OpenBucketFacts(long LengthBytes, IReadOnlyList<RecordPlace> Records);
