using System.Collections.Concurrent;

namespace Tailer.Agent;

/// <summary>Which bucks have viewers at the moment. Written by the connections, read by the reading loop.</summary>
internal sealed class Interest(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> until = new(StringComparer.Ordinal);

    /// <summary>Called when somebody begins to watch; from any thread, must be quick.</summary>
    public Action OnChange { get; set; } = () => { };

    /// <summary>While true, packets go out after 2 ms instead of the flush delay.</summary>
    public bool AnyViewer
    {
        get
        {
            if (until.IsEmpty)
                return false;
            DateTimeOffset now = clock.SteadyNow();
            foreach ((_, DateTimeOffset end) in until)
            {
                if (end > now)
                    return true;
            }
            return false;
        }
    }

    public void Set(string buck, bool viewers, TimeSpan lifetime)
    {
        bool before = AnyViewer;
        if (viewers)
            until[buck] = clock.SteadyNow() + lifetime;
        else
            until.TryRemove(buck, out _);
        if (!before && viewers)
            OnChange();
    }

    public void Clear(string buck) => until.TryRemove(buck, out _);
}
