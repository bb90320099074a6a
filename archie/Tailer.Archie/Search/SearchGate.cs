using System.Diagnostics.Metrics;

namespace Tailer.Archie;

/// <summary>Lets a few searches run at once. Each keeps all cores busy by itself, so more at once would only make all of them slow; a
/// search beyond the number is refused with 429 rather than kept waiting unseen.</summary>
internal sealed class SearchGate : IDisposable
{
    public const int RunningMax = 8;

    /// <summary>A search that takes longer is cut, and says so.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim running = new(RunningMax, RunningMax);
    private readonly Meter meter = new("Tailer.Archie");
    private readonly Counter<long> searches;
    private readonly Counter<long> refused;

    public SearchGate()
    {
        searches = meter.CreateCounter<long>("tailer.archie.searches", description: "Searches, histograms and contexts begun");
        refused = meter.CreateCounter<long>("tailer.archie.searches_refused", description: "Searches refused because too many were running");
    }

    /// <summary>Null when too many run; else dispose it at the end.</summary>
    public IDisposable? TryEnter()
    {
        if (!running.Wait(0))
        {
            refused.Add(1);
            return null;
        }

        searches.Add(1);
        return new Place(running);
    }

    public void Dispose()
    {
        running.Dispose();
        meter.Dispose();
    }

    private sealed class Place(SemaphoreSlim running) : IDisposable
    {
        private SemaphoreSlim? running = running;

        public void Dispose() => Interlocked.Exchange(ref running, null)?.Release();
    }
}
