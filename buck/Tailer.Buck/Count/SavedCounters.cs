namespace Tailer.Buck;

/// <summary><c>counters/state.json</c>: what the counters were when <see cref="Journal"/> was begun.</summary>
/// <param name="Version">1.</param>
/// <param name="Journal">The first journal whose packets are not in these counts.</param>
/// <param name="Counters">One each.</param>
internal sealed record SavedCounters(int Version, long Journal, IReadOnlyList<SavedCounter> Counters)
{
    public const int CurrentVersion = 1;
}
