using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>Encodes events as columns and plain text (docs/formats/block.md, codec 1), whatever they are; a few of them in the short form.</summary>
internal sealed class TextBlockEncoder : IDisposable
{
    public const byte CodecVersion = 1;

    private readonly ByteWriter body = new(4096);
    private readonly RunColumn runs = new();
    private readonly RunColumn byteRuns = new(ofBytes: true);
    private readonly ShortBlockEncoder shorts = new();

    public void Encode(BlockEvents events, ByteWriter to, int level)
    {
        if (shorts.TryEncode(events, to))
            return;
        body.Reset();
        WriteRuns(runs, events, static (e, i) => (ulong)e.Keys[e.KeyOf(i)].Source);
        WriteOffsets(events);
        for (int i = 0; i < events.Count; i++)
            body.Varint((ulong)(events.End(i) - events.Start(i)));
        for (int i = 0; i < events.Count; i++)
            body.Zigzag((long)(events.Time(i) - (i == 0 ? 0 : events.Time(i - 1))));
        WriteRuns(byteRuns, events, static (e, i) => e.Flags(i));
        WriteRuns(byteRuns, events, static (e, i) => e.Severity(i));
        WriteRuns(runs, events, static (e, i) => e.Keys[e.KeyOf(i)].Pid);
        events.Hosts.WriteTo(body);
        WriteRuns(runs, events, static (e, i) => (ulong)e.Keys[e.KeyOf(i)].Host);
        events.Apps.WriteTo(body);
        WriteRuns(runs, events, static (e, i) => (ulong)e.Keys[e.KeyOf(i)].App);
        int columnBytes = body.Length;
        body.Raw(events.Text);
        WriteBlock(events, columnBytes, to, level);
    }

    public void Dispose()
    {
        body.Dispose();
        runs.Dispose();
        byteRuns.Dispose();
        shorts.Dispose();
    }

    private void WriteBlock(BlockEvents events, int columnBytes, ByteWriter to, int level)
    {
        to.U8(CodecVersion);
        int flagsAt = to.Length;
        to.U8(0);
        to.Varint((ulong)events.Count);
        to.Varint((ulong)columnBytes);
        to.Varint((ulong)events.TextBytes);
        to.U32(Crc32C.Compute(events.Text));
        int compressed = Zstd.Compress(body.Written, to.GetSpan(Zstd.CompressBound(body.Length)), level);
        if (compressed < body.Length)
        {
            to.Advance(compressed);
            return;
        }
        to.At(flagsAt, 1)[0] = 1;
        to.Raw(body.Written);
    }

    private void WriteOffsets(BlockEvents events)
    {
        var ends = new ulong[events.SourceCount];
        for (int i = 0; i < events.Count; i++)
        {
            ref ulong end = ref ends[events.Keys[events.KeyOf(i)].Source];
            body.Zigzag((long)(events.Offset(i) - end));
            end = events.Offset(i) + (ulong)(events.End(i) - events.Start(i));
        }
    }

    private void WriteRuns(RunColumn column, BlockEvents events, Func<BlockEvents, int, ulong> value)
    {
        column.Reset();
        for (int i = 0; i < events.Count; i++)
            column.Add(value(events, i));
        column.WriteTo(body);
    }
}
