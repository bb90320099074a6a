using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>Collects records until a batch is full and sends it; the bodies are copied into one buffer that is used again.</summary>
internal sealed class RecordBatch(BatchSender sender) : IDisposable
{
    private readonly ByteWriter bodies = new(WireLimits.BatchBytes);
    private readonly List<(RecordStatus Status, long Position, RecordHeader Record, int Start, int Bytes)> items = [];

    /// <summary>Records sent so far.</summary>
    public long Sent { get; private set; }

    public async ValueTask AddAsync(RecordStatus status, long position, RecordHeader record, ReadOnlyMemory<byte> body)
    {
        if (items.Count > 0 && bodies.Length + body.Length + ((items.Count + 1) * RecordContent.OverheadBytesMax) > WireLimits.BatchBytes)
            await FlushAsync().ConfigureAwait(false);
        items.Add((status, position, record, bodies.Length, body.Length));
        bodies.Raw(body.Span);
    }

    public async ValueTask FlushAsync()
    {
        if (items.Count == 0)
            return;
        ReadOnlyMemory<byte> memory = bodies.WrittenMemory;
        RecordContent[] contents = [.. items.Select(item => new RecordContent(
            item.Status, item.Position, (byte)item.Record.Type, item.Record.Healed ? (byte)1 : (byte)0, item.Record.Id, memory.Slice(item.Start, item.Bytes)))];
        await sender.SendAsync(new Records(contents)).ConfigureAwait(false);
        Sent += items.Count;
        items.Clear();
        bodies.Reset();
    }

    public void Dispose() => bodies.Dispose();
}
