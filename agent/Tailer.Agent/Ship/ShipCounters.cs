namespace Tailer.Agent;

/// <summary>What shipping counts; each number only grows but for <see cref="Owed"/>.</summary>
internal sealed class ShipCounters
{
    private long delivered;
    private long deliveredBytes;
    private long retries;
    private long damaged;
    private long wanted;
    private long owed;

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
