using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// Collects events and encodes them as one block (docs/formats/frame.md, codec 1). Not thread-safe. Made once and reused:
/// after warm-up adding an event allocates nothing.
/// </summary>
public sealed class BlockBuilder : IDisposable
{
    public const byte CodecVersion = 1;

    private readonly ByteWriter text = new(Limits.PacketRawBytesTarget + Limits.EventBytesMax);
    private readonly ByteWriter offsets = new(4096);
    private readonly ByteWriter lengths = new(4096);
    private readonly ByteWriter times = new(4096);
    private readonly RunColumn sources = new();
    private readonly RunColumn flags = new();
    private readonly RunColumn severities = new();
    private readonly RunColumn pids = new();
    private readonly TextColumn hosts = new();
    private readonly TextColumn apps = new();
    private readonly List<ulong> sourceEnds = [];
    private ulong lastTime;

    public int Count { get; private set; }

    /// <summary>Sum of the events' lengths.</summary>
    public int RawBytes => text.Length;

    public ulong TimeMin { get; private set; }

    public ulong TimeMax { get; private set; }

    /// <summary>Adds an event; its source is an index into the container's source table.</summary>
    public void Add(scoped in Event e)
    {
        if (Count == Limits.BlockEventsMax)
            throw new InvalidOperationException($"a block holds at most {Limits.BlockEventsMax} events; encode it before adding more");
        while (sourceEnds.Count <= e.Source)
            sourceEnds.Add(0);
        sources.Add((ulong)e.Source);
        offsets.Zigzag((long)(e.Offset - sourceEnds[e.Source]));
        sourceEnds[e.Source] = e.End;
        lengths.Varint((ulong)e.Bytes.Length);
        times.Zigzag((long)(e.Time - lastTime));
        lastTime = e.Time;
        flags.Add((ulong)e.Flags);
        severities.Add((ulong)e.Severity);
        pids.Add(e.Pid);
        hosts.Add(e.Host);
        apps.Add(e.App ?? "");
        text.Raw(e.Bytes);
        TimeMin = Count == 0 ? e.Time : Math.Min(TimeMin, e.Time);
        TimeMax = Math.Max(TimeMax, e.Time);
        Count++;
    }

    /// <summary>Appends the encoded block to <paramref name="to"/>; the builder keeps its events until <see cref="Reset"/>.</summary>
    public void Encode(ByteWriter to, int level)
    {
        using var body = new ByteWriter(text.Length + offsets.Length + lengths.Length + times.Length + 1024);
        sources.WriteTo(body);
        body.Raw(offsets.Written);
        body.Raw(lengths.Written);
        body.Raw(times.Written);
        flags.WriteTo(body);
        severities.WriteTo(body);
        pids.WriteTo(body);
        hosts.WriteTo(body);
        apps.WriteTo(body);
        int columnBytes = body.Length;
        body.Raw(text.Written);

        to.U8(CodecVersion);
        int flagsAt = to.Length;
        to.U8(0);
        to.Varint((ulong)Count);
        to.Varint((ulong)columnBytes);
        to.Varint((ulong)text.Length);
        to.U32(Crc32C.Compute(text.Written));
        int compressed = Zstd.Compress(body.Written, to.GetSpan(Zstd.CompressBound(body.Length)), level);
        if (compressed < body.Length)
        {
            to.Advance(compressed);
            return;
        }
        to.At(flagsAt, 1)[0] = 1;
        to.Raw(body.Written);
    }

    public void Reset()
    {
        text.Reset();
        offsets.Reset();
        lengths.Reset();
        times.Reset();
        sources.Reset();
        flags.Reset();
        severities.Reset();
        pids.Reset();
        hosts.Reset();
        apps.Reset();
        sourceEnds.Clear();
        lastTime = TimeMin = TimeMax = 0;
        Count = 0;
    }

    public void Dispose()
    {
        text.Dispose();
        offsets.Dispose();
        lengths.Dispose();
        times.Dispose();
        sources.Dispose();
        flags.Dispose();
        severities.Dispose();
        pids.Dispose();
        hosts.Dispose();
        apps.Dispose();
    }
}
