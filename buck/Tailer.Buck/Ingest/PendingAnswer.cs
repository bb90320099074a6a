using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// The one answer to a packet: of who stores it, or, when a disk hangs in writing it, of who watches the disk. In that case the connection is closed behind the answer, because the
/// thread that handles its messages is in the disk's hands, and nobody could read what comes next; its peer comes back on another. Thread-safe.
/// </summary>
internal sealed class PendingAnswer(ServerConnection connection, uint correlation, PacketId id)
{
    private int taken;

    /// <summary>True for the first who asks: it answers.</summary>
    public bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;

    /// <summary>The packet is given up. Does not wait.</summary>
    public void Hangs(string text)
    {
        if (TryTake())
            _ = Task.Run(() => AnswerAsync(text));
    }

    private async Task AnswerAsync(string text)
    {
        BuckMetrics.Packets.Add(1, new KeyValuePair<string, object?>("outcome", nameof(NackReason.DiskError)));
        await connection.TrySendAsync(correlation, new Nack(id, NackReason.DiskError, TimeSpan.Zero, text)).ConfigureAwait(false);
        await connection.CloseAsync().ConfigureAwait(false);
    }
}
