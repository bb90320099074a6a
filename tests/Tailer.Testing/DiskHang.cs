namespace Tailer.Testing;

/// <summary>Has operations of a disk hang, as on a dying controller, until they are released or this is disposed. Thread-safe.</summary>
public sealed class DiskHang : IDisposable
{
    private readonly ManualResetEventSlim free = new();
    private int hanging;
    private int met;

    /// <param name="disk">The disk.</param>
    /// <param name="hangs">Which operations.</param>
    public DiskHang(FaultyDisk disk, Func<DiskOperation, string, bool> hangs)
    {
        disk.Before = (operation, path) =>
        {
            if (free.IsSet || !hangs(operation, path))
                return;
            Interlocked.Increment(ref met);
            Interlocked.Increment(ref hanging);
            free.Wait();
            Interlocked.Decrement(ref hanging);
        };
    }

    /// <summary>Operations that hang now.</summary>
    public int Hanging => Volatile.Read(ref hanging);

    /// <summary>Operations that have hung since the beginning.</summary>
    public int Met => Volatile.Read(ref met);

    public void Release() => free.Set();

    public void Dispose() => free.Set();
}
