using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// Packets that are being stored. The same packet may come on two connections at once, and with several disks no file's lock keeps it from being
/// stored on two of them: so the second waits until it is known what became of the first. Thread-safe.
/// </summary>
internal sealed class PacketClaims
{
    private readonly object gate = new();
    private readonly HashSet<PacketId> taken = [];
    private int waiting;

    public void Take(PacketId id)
    {
        lock (gate)
        {
            while (!taken.Add(id))
            {
                waiting++;
                Monitor.Wait(gate);
                waiting--;
            }
        }
    }

    public void Release(PacketId id)
    {
        lock (gate)
        {
            taken.Remove(id);
            if (waiting > 0)
                Monitor.PulseAll(gate);
        }
    }
}
