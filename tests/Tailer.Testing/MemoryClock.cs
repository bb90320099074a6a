namespace Tailer.Testing;

/// <summary>A clock that moves only when told to, and can be set, forward and back, while time passes on undisturbed. No timers.</summary>
public sealed class MemoryClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset now = start;
    private long passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => passed;

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        now += by;
        passed += by.Ticks;
    }

    /// <summary>Somebody sets the clock.</summary>
    public void Set(TimeSpan by) => now += by;
}
