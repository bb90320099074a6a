using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// Collects events and encodes them as one block (docs/formats/frame.md, codec 1). Not thread-safe. Made once and reused:
/// after warm-up adding an event allocates nothing.
/// </summary>
public sealed class BlockBuilder : IDisposable
{
    public const byte CodecVersion = 1;

    /// <summary>
    /// What one event can add to the columns: two names with their lengths (514), offset and time (20), length (5), a run of its own in
    /// source, flags, severity, pid, host and app (at most 8 each), the last runs of all (at most 48), and the counts of names.
    /// </summary>
    private const int EventColumnBytesMax = 1024;

    private readonly ByteWriter text = new(Limits.PacketRawBytesTarget + Limits.EventBytesMax);
    private readonly ByteWriter offsets = new(4096);
    private readonly ByteWriter lengths = new(4096);
    private readonly ByteWriter times = new(4096);
    private readonly RunColumn sources = new();
    private readonly RunColumn flags = new(ofBytes: true);
    private readonly RunColumn severities = new(ofBytes: true);
    private readonly RunColumn pids = new();
    private readonly TextColumn hosts = new();
    private readonly TextColumn apps = new();
    private readonly List<ulong> sourceEnds = [];
    private ulong lastTime;

    public int Count { get; private set; }

    /// <summary>Sum of the events' lengths.</summary>
    public int RawBytes => text.Length;

    /// <summary>Bytes of all columns but the text, before compression, but for a few.</summary>
    public int ColumnBytes => sources.Bytes + offsets.Length + lengths.Length + times.Length + flags.Bytes + severities.Bytes + pids.Bytes
        + hosts.Bytes + apps.Bytes;

    public ulong TimeMin { get; private set; }

    public ulong TimeMax { get; private set; }

    /// <summary>
    /// Adds an event; its source is an index into the container's source table. Throws, and adds nothing, when the block would go over
    /// a limit (<see cref="Limits"/>) and no reader would take it.
    /// </summary>
    public void Add(scoped in Event e)
    {
        if (Count == Limits.BlockEventsMax)
            throw new InvalidOperationException($"a block holds at most {Limits.BlockEventsMax} events; encode it before adding more");
        if ((long)text.Length + e.Bytes.Length + ColumnBytes + EventColumnBytesMax > Limits.BlockBodyBytesMax)
            throw new InvalidOperationException($"a block holds at most {Limits.BlockBodyBytesMax} bytes; encode it before adding more");
        int host = hosts.IndexOf(e.Host);
        int app = apps.IndexOf(e.App ?? "");
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
        hosts.Add(host);
        apps.Add(app);
        text.Raw(e.Bytes);
        TimeMin = Count == 0 ? e.Time : Math.Min(TimeMin, e.Time);
        TimeMax = Math.Max(TimeMax, e.Time);
        Count++;
    }

    /// <summary>Appends the encoded block to <paramref name="to"/>; the builder keeps its events until <see cref="Reset"/>.</summary>
    public void Encode(ByteWriter to, int level)
    {
        if (Count == 0)
            throw new InvalidOperationException("a block has at least one event");
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
