using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// A codec 1 block, unpacked: columns, and the lines one after the other. Reused; owns rented memory until
/// <see cref="Dispose"/>.
/// </summary>
internal sealed class PlainBlock : IDisposable
{
    /// <summary>Offset, length and time take a byte each at least.</summary>
    private const int EventColumnBytesMin = 3;

    private byte[] body = [];

    public byte[] Body => body;

    /// <summary>Where in <see cref="Body"/> the first line starts.</summary>
    public int TextStart { get; private set; }

    public BlockError TryDecode(ReadOnlySpan<byte> block, int sourceCount, EventColumns into)
    {
        var r = new SpanReader(block);
        byte codec = r.U8();
        byte blockFlags = r.U8();
        int count = r.Count(Limits.BlockEventsMax);
        int columnBytes = r.Count(Limits.BlockBodyBytesMax);
        int text = r.Count(Limits.BlockBodyBytesMax);
        uint crc = r.U32();
        if (codec != TextBlockEncoder.CodecVersion)
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
        Rent(columnBytes + text);
        into.Reserve(count);
        if (!Unpack(packed, isStored, body.AsSpan(0, columnBytes + text)))
            return BlockError.DamagedBody;
        if (!TryReadColumns(body.AsSpan(0, columnBytes), count, sourceCount, text, columnBytes, into))
            return BlockError.DamagedColumns;
        if (Crc32C.Compute(body.AsSpan(columnBytes, text)) != crc)
            return BlockError.TextChecksum;
        TextStart = columnBytes;
        into.Count = count;
        return BlockError.None;
    }

    public void Dispose()
    {
        BufferPool.Return(body);
        body = [];
    }

    private void Rent(int bytes)
    {
        if (body.Length >= bytes)
            return;
        BufferPool.Return(body);
        body = BufferPool.Rent(bytes);
    }

    private static bool Unpack(ReadOnlySpan<byte> packed, bool stored, Span<byte> into)
    {
        if (!stored)
            return Zstd.TryDecompress(packed, into);
        packed.CopyTo(into);
        return true;
    }

    private static bool TryReadColumns(ReadOnlySpan<byte> columns, int count, int sourceCount, int text, int textStart, EventColumns into)
    {
        var r = new SpanReader(columns);
        if (sourceCount == 0
            || !RunColumn.TryRead(ref r, into.Sources.AsSpan(0, count), (ulong)sourceCount - 1)
            || !TryReadOffsetsAndLengths(ref r, count, sourceCount, text, textStart, into))
            return false;
        ulong time = 0;
        for (int i = 0; i < count; i++)
            into.Times[i] = time += (ulong)r.Zigzag();
        if (!RunColumn.TryRead(ref r, into.Flags.AsSpan(0, count), byte.MaxValue, ofBytes: true)
            || !RunColumn.TryRead(ref r, into.Severities.AsSpan(0, count), byte.MaxValue, ofBytes: true)
            || !RunColumn.TryRead(ref r, into.Pids.AsSpan(0, count), uint.MaxValue))
            return false;
        if (TextColumn.TryRead(ref r, into.HostIndexes.AsSpan(0, count)) is not { } hosts)
            return false;
        if (TextColumn.TryRead(ref r, into.AppIndexes.AsSpan(0, count)) is not { } apps)
            return false;
        into.Hosts = hosts;
        into.Apps = apps;
        return !r.Failed && r.AtEnd;
    }

    private static bool TryReadOffsetsAndLengths(ref SpanReader r, int count, int sourceCount, int text, int textStart, EventColumns into)
    {
        for (int i = 0; i < count; i++)
            into.Offsets[i] = (ulong)r.Zigzag();
        int end = 0;
        for (int i = 0; i < count; i++)
        {
            int length = r.Count(text - end);
            into.Starts[i] = textStart + end;
            into.Lengths[i] = length;
            end += length;
        }
        return !r.Failed && end == text && into.TryAddOffsets(count, sourceCount);
    }
}
