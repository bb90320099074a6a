namespace Tailer.Buck;

/// <summary>
/// When a disk that is aside is tried again: after 1 s, then after twice as long each time, up to a minute. A disk that fails again soon
/// after it came back goes on where it was. Not thread-safe.
/// </summary>
internal sealed class DiskBackoff(TimeProvider clock)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>A disk that has worked for so long since it came back has recovered.</summary>
    public static readonly TimeSpan Recovered = TimeSpan.FromMinutes(5);

    private TimeSpan next = First;
    private long? returned;

    /// <summary>How long to wait now.</summary>
    public TimeSpan Failed()
    {
        if (returned is { } since && clock.GetElapsedTime(since) >= Recovered)
            next = First;
        returned = null;
        TimeSpan wait = next;
        next = next * 2 < Longest ? next * 2 : Longest;
        return wait;
    }

    public void Returned() => returned = clock.GetTimestamp();
}
