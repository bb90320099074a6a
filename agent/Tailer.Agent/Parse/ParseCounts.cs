namespace Tailer.Agent;

/// <summary>What could not be read from the lines of a set of files; written by the reading thread, read by any.</summary>
internal sealed class ParseCounts
{
    private long missing;
    private long impossible;
    private long future;
    private long past;
    private long hostsRefused;

    /// <summary>Lines in which no time was found. Further lines of a record have none, mostly.</summary>
    public long TimesMissing => Volatile.Read(ref missing);

    /// <summary>Lines whose only time is one that no calendar has: 30 February, 24:00:00.</summary>
    public long TimesImpossible => Volatile.Read(ref impossible);

    /// <summary>Lines whose time was refused as too far ahead of the clock.</summary>
    public long TimesInFuture => Volatile.Read(ref future);

    /// <summary>Lines whose time was refused as before the start of history.</summary>
    public long TimesBeforeHistory => Volatile.Read(ref past);

    /// <summary>Lines whose host the agent's credential does not let it speak for.</summary>
    public long HostsRefused => Volatile.Read(ref hostsRefused);

    public void AddMissing() => Volatile.Write(ref missing, missing + 1);

    public void AddImpossible() => Volatile.Write(ref impossible, impossible + 1);

    public void AddInFuture() => Volatile.Write(ref future, future + 1);

    public void AddBeforeHistory() => Volatile.Write(ref past, past + 1);

    public void AddHostRefused() => Volatile.Write(ref hostsRefused, hostsRefused + 1);
}
