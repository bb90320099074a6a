namespace Tailer.Agent;

/// <summary>What shipping counts; each number only grows but for <see cref="Owed"/> and <see cref="RefusedAhead"/>.</summary>
internal sealed class ShipCounters
{
    private long delivered;
    private long deliveredBytes;
    private long retries;
    private long damaged;
    private long wanted;
    private long owed;
    private long refused;
    private long boundary;
    private long setAside;
    private long overtakes;
    private long ahead;

    public long DeliveredPackets => Interlocked.Read(ref delivered);

    public long DeliveredBytes => Interlocked.Read(ref deliveredBytes);

    /// <summary>Sends that had to be repeated at another buck or later.</summary>
    public long Retries => Interlocked.Read(ref retries);

    /// <summary>Records of the spool that could not be sent because they are damaged.</summary>
    public long Damaged => Interlocked.Read(ref damaged);

    /// <summary>Packets sent again because a porter missed them.</summary>
    public long Wanted => Interlocked.Read(ref wanted);

    /// <summary>Packets that wait for a further copy now.</summary>
    public long Owed => Interlocked.Read(ref owed);

    /// <summary>Answers of bucks that refused a record for what it is.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Packets sent once more because their bucket ended.</summary>
    public long BoundaryCopies => Interlocked.Read(ref boundary);

    /// <summary>Times a slow buck was set aside.</summary>
    public long SetAside => Interlocked.Read(ref setAside);

    /// <summary>Times new records went ahead of a backlog.</summary>
    public long Overtakes => Interlocked.Read(ref overtakes);

    /// <summary>Records that wait now because bucks refuse them as sealed ahead of their clocks.</summary>
    public long RefusedAhead => Interlocked.Read(ref ahead);

    public void WaitsForTime(int change) => Interlocked.Add(ref ahead, change);

    public void WasRefused() => Interlocked.Increment(ref refused);

    public void CopiedAtBoundary() => Interlocked.Increment(ref boundary);

    public void WasSetAside() => Interlocked.Increment(ref setAside);

    public void Overtook() => Interlocked.Increment(ref overtakes);

    public void Delivered(long bytes)
    {
        Interlocked.Increment(ref delivered);
        Interlocked.Add(ref deliveredBytes, bytes);
    }

    public void Retry() => Interlocked.Increment(ref retries);

    public void WasDamaged() => Interlocked.Increment(ref damaged);

    public void WasWanted() => Interlocked.Increment(ref wanted);

    public void Owe(int change) => Interlocked.Add(ref owed, change);
}
