using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Records just written, kept so that shipping need not read them back: at most <see cref="BytesMax"/> and <see cref="RecordsMax"/>,
/// the oldest go first and are read from their file instead. Found by the mark behind which they were written. Thread-safe.
/// </summary>
internal sealed class RecentRecords
{
    /// <summary>A few seconds of a busy host's packets; while bucks are away it stays this full.</summary>
    public const int BytesMax = 4 * 1024 * 1024;
    public const int RecordsMax = 64;

    private readonly Lock gate = new();
    private readonly Queue<(SpoolMark After, int Bytes)> order = new();
    private readonly Dictionary<SpoolMark, (SpoolRecord Record, ReadOnlyMemory<byte> Body)> records = [];
    private long bytes;

    public void Add(SpoolMark after, SpoolRecord record, ReadOnlyMemory<byte> body)
    {
        if (body.Length > BytesMax)
            return;
        lock (gate)
        {
            while (order.Count > 0 && (bytes + body.Length > BytesMax || order.Count >= RecordsMax))
            {
                (SpoolMark oldest, int size) = order.Dequeue();
                records.Remove(oldest);
                bytes -= size;
            }
            records[after] = (record, body);
            order.Enqueue((after, body.Length));
            bytes += body.Length;
        }
    }

    /// <summary>The record that follows the mark; it is forgotten here.</summary>
    public bool TryTake(SpoolMark after, out SpoolRecord? record, out ReadOnlyMemory<byte> body)
    {
        lock (gate)
        {
            bool found = records.Remove(after, out (SpoolRecord Record, ReadOnlyMemory<byte> Body) kept);
            (record, body) = (kept.Record, kept.Body);
            return found;
        }
    }
}
