using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// Keeps <paramref name="reserveBytes"/> of the disk free. Asking the file system for every packet is slow, so what was free at the
/// last look is counted down by what was written since; <see cref="Look"/> is called about once a second. Thread-safe.
/// </summary>
internal sealed class DiskReserve(IDisk disk, string path, long reserveBytes)
{
    private long free = long.MaxValue;

    /// <summary>Bytes free at the last look less what was written since.</summary>
    public long FreeBytes => Interlocked.Read(ref free);

    public bool IsReached => FreeBytes < reserveBytes;

    public void Look() => Interlocked.Exchange(ref free, disk.FreeBytes(path));

    /// <summary>False when writing so much would eat into the reserve.</summary>
    public bool HasRoom(long bytes) => FreeBytes - bytes >= reserveBytes;

    public void Used(long bytes) => Interlocked.Add(ref free, -bytes);
}
