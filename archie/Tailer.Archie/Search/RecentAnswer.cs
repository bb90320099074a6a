using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>An answer that is being read: the events, and what is known of where they came from once they have been read.</summary>
internal sealed class RecentAnswer(
    IAsyncEnumerable<FoundEvent> events, SearchStatistics? index, AnswerSource? indexFailure, IReadOnlyList<BuckEvents> bucks, ulong watermark, IDisposable? snapshot) : IDisposable
{
    /// <summary>In order, each once; one more than the limit where there is more.</summary>
    public IAsyncEnumerable<FoundEvent> Events => events;

    public IReadOnlyList<BuckEvents> Bucks => bucks;

    public ulong Watermark => watermark;

    public long ScannedEvents => (index?.EventsScanned ?? 0) + bucks.Sum(b => b.ScannedEvents);

    public long ScannedBytes => (index?.RawBytesScanned ?? 0) + bucks.Sum(b => b.ScannedBytes);

    public bool Truncated => index?.Truncated == true || bucks.Any(b => b.Truncated);

    /// <summary>Final when the events have been read.</summary>
    public IReadOnlyList<AnswerSource> Sources => [IndexSource, .. bucks.Select(b => b.Source)];

    private AnswerSource IndexSource => indexFailure ?? (index!.Complete
        ? new AnswerSource("recent", AnswerState.Ok)
        : new AnswerSource("recent", AnswerState.Failed, 0, $"recent: {string.Join("; ", index.Problems.Take(3))}"));

    public void Dispose() => snapshot?.Dispose();
}
