namespace Tailer.Buck;

/// <summary>What was found when a bucket file was opened for appending.</summary>
internal sealed record BucketOpening(string Path, bool IsNew, long TornBytes, IReadOnlyList<(long From, long To)> Damage);
