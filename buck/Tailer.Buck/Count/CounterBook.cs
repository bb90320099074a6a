using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// All counters of this buck. <see cref="Take"/> is called by the feed's thread as packets pass; the rest by any.
/// </summary>
internal sealed class CounterBook(IReadOnlyList<CounterOptions> options)
{
    /// <summary>
    /// Ids of packets counted lately, so that one which comes again is not counted again: two generations of 64 Ki, 4 MB. An agent that
    /// sends a packet again does so within minutes.
    /// </summary>
    private const int NotedMax = 64 * 1024;

    private readonly Lock gate = new();
    private HashSet<PacketId> newer = [];
    private HashSet<PacketId> older = [];

    public IReadOnlyList<EventCounter> Counters { get; } = [.. options.Select(o => new EventCounter(o))];

    public bool IsEmpty => Counters.Count == 0;

    /// <summary>
    /// What is to be done with a packet that was stored, or was there already (<paramref name="isRepeat"/>); null for nothing.
    /// A packet is judged once.
    /// </summary>
    public (bool Counts, bool IsUncertain)? Judge(PacketId id, Counting counting, bool isRepeat)
    {
        if (counting == Counting.No || IsEmpty || !Note(id))
            return null;
        bool mayBeElsewhere = counting == Counting.Perhaps;
        // Here already, not counted by this process, and asked before as copy 0: here, before a restart, or elsewhere.
        return (Counts: !(isRepeat && mayBeElsewhere), IsUncertain: mayBeElsewhere);
    }

    /// <summary>False when it was noted before.</summary>
    public bool Note(PacketId id)
    {
        lock (gate)
        {
            if (older.Contains(id) || !newer.Add(id))
                return false;
            if (newer.Count >= NotedMax)
                (older, newer) = (newer, []);
            return true;
        }
    }

    public void Take(PacketView packet, bool counts, bool isUncertain)
    {
        foreach (EventCounter counter in Counters)
            counter.Take(packet, counts, isUncertain);
    }

    /// <summary>Events of a packet that cannot be looked at: each may have matched.</summary>
    public void Missed(long events)
    {
        foreach (EventCounter counter in Counters)
            counter.Missed(events);
    }

    public SavedCounters Save(long journal) => new(SavedCounters.CurrentVersion, journal, [.. Counters.Select(c => c.Save())]);

    /// <summary>Goes on from what was saved; returns the names of saved counters that are not asked for any more, or ask something else.</summary>
    public IReadOnlyList<string> Restore(SavedCounters saved)
    {
        var forgotten = new List<string>();
        foreach (SavedCounter one in saved.Counters)
        {
            if (Counters.FirstOrDefault(c => c.IsOf(one)) is { } counter)
                counter.Restore(one);
            else
                forgotten.Add(one.Name);
        }
        return forgotten;
    }
}
