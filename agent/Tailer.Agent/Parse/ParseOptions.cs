namespace Tailer.Agent;

/// <summary>How times in the lines of a set of files are read.</summary>
internal sealed record ParseOptions
{
    /// <summary>Zone of times that state none.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The host is what a syslog header claims, where the credential allows it; else the agent's own.</summary>
    public bool HostFromLine { get; init; }

    /// <summary>A time further ahead of the clock is not believed.</summary>
    public TimeSpan MaxFuture { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A time before this is not believed.</summary>
    public DateTimeOffset HistoryStart { get; init; } = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
