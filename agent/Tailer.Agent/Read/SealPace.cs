namespace Tailer.Agent;

/// <summary>
/// When an open packet is to be sealed: after its delay, and at most 100 packets a second however eager viewers are. Up to
/// <see cref="Burst"/> may follow each other at once, so that one that was late makes none of the next ones late.
/// </summary>
internal sealed class SealPace
{
    private const int Burst = 10;

    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(10);

    private DateTimeOffset earliest;

    /// <summary>When a packet that got its first event at <paramref name="opened"/> is due. A clock that was set back does not hold it up.</summary>
    public DateTimeOffset Due(DateTimeOffset opened, TimeSpan delay)
    {
        DateTimeOffset allowed = earliest < opened + Gap ? earliest : opened + Gap;
        return opened + delay > allowed ? opened + delay : allowed;
    }

    /// <summary>A packet was sealed.</summary>
    public void NoteSealed(DateTimeOffset now)
    {
        DateTimeOffset saved = now - (Burst * Gap);
        earliest = (earliest > saved ? earliest : saved) + Gap;
    }
}
