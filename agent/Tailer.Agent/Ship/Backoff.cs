namespace Tailer.Agent;

/// <summary>
/// How long to wait before the next try: doubling from 100 ms to 10 s, with jitter of half, so that many agents do not return to a
/// buck at the same moment. Pure but for the random source it is given.
/// </summary>
internal sealed class Backoff(Random random, TimeProvider clock)
{
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan Greatest = TimeSpan.FromSeconds(10);

    /// <summary>What held for so long was no failure: the next one begins anew.</summary>
    public static readonly TimeSpan GoodAfter = TimeSpan.FromSeconds(10);

    private TimeSpan next = Least;
    private long connectedAt;
    private bool isConnected;

    /// <summary>It worked, at least for now.</summary>
    public void Connected() => (isConnected, connectedAt) = (true, clock.GetTimestamp());

    /// <summary>How long to wait after a failure, or after a connection that ended.</summary>
    public TimeSpan Next()
    {
        if (isConnected && clock.GetElapsedTime(connectedAt) >= GoodAfter)
            next = Least;
        isConnected = false;
        TimeSpan wait = next * (0.5 + random.NextDouble() / 2);
        next = next * 2 < Greatest ? next * 2 : Greatest;
        return wait;
    }
}
