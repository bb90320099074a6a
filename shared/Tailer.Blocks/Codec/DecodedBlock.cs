using System.Buffers;
using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// The events of one block, decoded. Reusable: <see cref="TryDecode"/> replaces the content. Owns rented memory until
/// <see cref="Dispose"/>. Not thread-safe while decoding; reading decoded events from several threads is fine.
/// </summary>
public sealed class DecodedBlock : IDisposable
{
    /// <summary>Offset, length and time take a byte each at least.</summary>
    private const int EventColumnBytesMin = 3;

    private ulong[] sources = [];
    private ulong[] offsets = [];
    private int[] textEnds = [];
    private ulong[] times = [];
    private ulong[] flags = [];
    private ulong[] severities = [];
    private ulong[] pids = [];
    private ulong[] hostIndexes = [];
    private ulong[] appIndexes = [];
    private string[] hosts = [];
    private string[] apps = [];
    private byte[] body = [];
    private int textStart;
    private int textBytes;

    public int Count { get; private set; }

    /// <summary>All events' bytes, one after the other.</summary>
    public ReadOnlySpan<byte> Text => body.AsSpan(textStart, textBytes);

    public Event this[int i]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, Count);
            int start = i == 0 ? 0 : textEnds[i - 1];
            return new Event
            {
                Source = (int)sources[i],
                Offset = offsets[i],
                Bytes = body.AsSpan(textStart + start, textEnds[i] - start),
                Time = times[i],
                Flags = (EventFlags)flags[i],
                Severity = (Severity)severities[i],
                Pid = (uint)pids[i],
                Host = hosts[hostIndexes[i]],
                App = apps[appIndexes[i]],
            };
        }
    }

    /// <summary>Where in <see cref="Text"/> event <paramref name="i"/> ends.</summary>
    public int TextEnd(int i) => textEnds[i];

    public ulong Time(int i) => times[i];

    public int Source(int i) => (int)sources[i];

    /// <summary>
    /// Decodes a block whose container has <paramref name="sourceCount"/> sources. Memory rented is bounded by
    /// <see cref="Limits"/>, whatever the input says. After an error the block is empty.
    /// </summary>
    public BlockError TryDecode(ReadOnlySpan<byte> block, int sourceCount)
    {
        Count = 0;
        textBytes = 0;
        var r = new SpanReader(block);
        byte codec = r.U8();
        byte blockFlags = r.U8();
        int count = r.Count(Limits.BlockEventsMax);
        int columnBytes = r.Count(Limits.BlockBodyBytesMax);
        int text = r.Count(Limits.BlockBodyBytesMax);
        uint crc = r.U32();
        if (codec != BlockBuilder.CodecVersion)
            return BlockError.UnknownCodec;
        if (r.Failed || count == 0 || columnBytes + text > Limits.BlockBodyBytesMax)
            return BlockError.OverLimits;

        // Whether the claims can be true is asked before memory is rented for them.
        ReadOnlySpan<byte> packed = r.Take(r.Remaining);
        bool isStored = (blockFlags & 1) != 0;
        if (isStored ? packed.Length != columnBytes + text : !Zstd.CanHold(packed.Length, columnBytes + text))
            return BlockError.DamagedBody;
        if (columnBytes < (long)count * EventColumnBytesMin)
            return BlockError.DamagedColumns;
        Rent(count, columnBytes + text);
        if (!Unpack(packed, isStored, body.AsSpan(0, columnBytes + text)))
            return BlockError.DamagedBody;
        if (!ReadColumns(body.AsSpan(0, columnBytes), count, sourceCount, text))
            return BlockError.DamagedColumns;
        if (Crc32C.Compute(body.AsSpan(columnBytes, text)) != crc)
            return BlockError.TextChecksum;
        textStart = columnBytes;
        textBytes = text;
        Count = count;
        return BlockError.None;
    }

    public void Dispose()
    {
        Count = 0;
        textStart = textBytes = 0;
        if (body.Length > 0)
            ArrayPool<byte>.Shared.Return(body);
        body = [];
    }

    private void Rent(int count, int bodyBytes)
    {
        if (sources.Length < count)
        {
            int capacity = Math.Max(count, Math.Min(sources.Length * 2, Limits.BlockEventsMax));
            sources = new ulong[capacity];
            offsets = new ulong[capacity];
            textEnds = new int[capacity];
            times = new ulong[capacity];
            flags = new ulong[capacity];
            severities = new ulong[capacity];
            pids = new ulong[capacity];
            hostIndexes = new ulong[capacity];
            appIndexes = new ulong[capacity];
        }
        if (body.Length < bodyBytes)
        {
            if (body.Length > 0)
                ArrayPool<byte>.Shared.Return(body);
            body = ArrayPool<byte>.Shared.Rent(bodyBytes);
        }
    }

    private static bool Unpack(ReadOnlySpan<byte> packed, bool stored, Span<byte> into)
    {
        if (!stored)
            return Zstd.TryDecompress(packed, into);
        packed.CopyTo(into);
        return true;
    }

    private bool ReadColumns(ReadOnlySpan<byte> columns, int count, int sourceCount, int text)
    {
        var r = new SpanReader(columns);
        if (sourceCount == 0
            || !RunColumn.TryRead(ref r, sources.AsSpan(0, count), (ulong)sourceCount - 1)
            || !ReadOffsetsAndLengths(ref r, count, sourceCount, text))
            return false;
        ulong time = 0;
        for (int i = 0; i < count; i++)
            times[i] = time += (ulong)r.Zigzag();
        if (!RunColumn.TryRead(ref r, flags.AsSpan(0, count), byte.MaxValue, ofBytes: true)
            || !RunColumn.TryRead(ref r, severities.AsSpan(0, count), byte.MaxValue, ofBytes: true)
            || !RunColumn.TryRead(ref r, pids.AsSpan(0, count), uint.MaxValue))
            return false;
        if (TextColumn.TryRead(ref r, hostIndexes.AsSpan(0, count)) is not { } hostTexts)
            return false;
        if (TextColumn.TryRead(ref r, appIndexes.AsSpan(0, count)) is not { } appTexts)
            return false;
        hosts = hostTexts;
        apps = appTexts;
        return !r.Failed && r.AtEnd;
    }

    private bool ReadOffsetsAndLengths(ref SpanReader r, int count, int sourceCount, int text)
    {
        ulong[] ends = ArrayPool<ulong>.Shared.Rent(sourceCount);
        try
        {
            Array.Clear(ends, 0, sourceCount);
            for (int i = 0; i < count; i++)
                offsets[i] = (ulong)r.Zigzag();
            int end = 0;
            for (int i = 0; i < count; i++)
            {
                int length = r.Count(text - end);
                end += length;
                textEnds[i] = end;
                offsets[i] += ends[sources[i]];
                ends[sources[i]] = offsets[i] + (ulong)length;
                if (ends[sources[i]] < offsets[i])
                    return false;
            }
            return !r.Failed && end == text;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(ends);
        }
    }
}
