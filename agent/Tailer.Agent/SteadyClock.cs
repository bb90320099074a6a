namespace Tailer.Agent;

/// <summary>Time that goes on whatever somebody sets the clock to: for everything that waits.</summary>
internal static class SteadyClock
{
    /// <summary>Its beginning means nothing.</summary>
    public static DateTimeOffset SteadyNow(this TimeProvider clock) => DateTimeOffset.UnixEpoch + clock.GetElapsedTime(0);
}
