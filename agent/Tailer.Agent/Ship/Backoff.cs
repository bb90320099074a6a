namespace Tailer.Agent;

/// <summary>
/// How long to wait before the next try: doubling from 100 ms to 10 s, with jitter of half, so that many agents do not return to a
/// buck at the same moment. Pure but for the random source it is given.
/// </summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Greatest = TimeSpan.FromSeconds(10);

    private TimeSpan next = Least;

    public TimeSpan Next()
    {
        TimeSpan wait = next * (0.5 + random.NextDouble() / 2);
        next = next * 2 < Greatest ? next * 2 : Greatest;
        return wait;
    }

    public void Reset() => next = Least;
}
