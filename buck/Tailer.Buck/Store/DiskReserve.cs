using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// Keeps <paramref name="reserveBytes"/> of the disk free. Asking the file system for every packet is slow, so what was free at the
/// last look is counted down by what was written since; <see cref="Look"/> is called about once a second. Thread-safe.
/// </summary>
internal sealed class DiskReserve(IDisk disk, string path, long reserveBytes)
{
    /// <summary>
    /// A disk that refused a write is full for so many looks, whatever its free bytes say: a quota, or no more inodes. Senders
    /// are told to come back after as long.
    /// </summary>
    private const int FullLooks = 10;

    private long free = long.MaxValue;
    private int fullLooks;

    public long ReserveBytes => reserveBytes;

    /// <summary>Bytes free at the last look less what was written since.</summary>
    public long FreeBytes => Interlocked.Read(ref free);

    public bool IsReached => FreeBytes < reserveBytes;

    /// <summary>Throws <see cref="IOException"/>.</summary>
    public void Look()
    {
        long seen = disk.FreeBytes(path);
        bool isHeldFull = Volatile.Read(ref fullLooks) > 0 && Interlocked.Decrement(ref fullLooks) >= 0;
        Interlocked.Exchange(ref free, isHeldFull ? Math.Min(seen, reserveBytes - 1) : seen);
    }

    /// <summary>The disk has refused a write for want of space.</summary>
    public void Filled()
    {
        Volatile.Write(ref fullLooks, FullLooks);
        Interlocked.Exchange(ref free, reserveBytes - 1);
    }

    /// <summary>False when writing so much would eat into the reserve.</summary>
    public bool HasRoom(long bytes) => FreeBytes - bytes >= reserveBytes;

    public void Used(long bytes) => Interlocked.Add(ref free, -bytes);
}
