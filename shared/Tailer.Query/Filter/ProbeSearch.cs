namespace Tailer.Queries;

internal static class ProbeSearch
{
    /// <summary>None as soon as one of the texts occurs nowhere. Never all: a probe is less than what it stands for.</summary>
    public static Presence In(IEventSummary summary, ReadOnlySpan<QueryProbe> probes)
    {
        foreach (QueryProbe probe in probes)
        {
            if (summary.Text(probe) == Presence.None)
                return Presence.None;
        }
        return Presence.Some;
    }
}
