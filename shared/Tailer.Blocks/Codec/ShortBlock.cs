using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// A block in codec 1's short form, unpacked: the lines one after the other, put together of their leads and rests. Reused; owns rented
/// memory until <see cref="Dispose"/>.
/// </summary>
internal sealed class ShortBlock : IDisposable
{
    private readonly StreamSet streams = new(ShortBlockEncoder.EventsMax);
    private byte[] body = [];
    private byte[] text = [];
    private int textBytes;

    public byte[] Text => text;

    /// <summary>Whether the first bytes are of a block in this form.</summary>
    public static bool IsShort(ReadOnlySpan<byte> block) => block.Length > 1 && block[0] == TextBlockEncoder.CodecVersion && (block[1] & ShortBlockEncoder.Flag) != 0;

    public BlockError TryDecode(ReadOnlySpan<byte> block, int sourceCount, EventColumns into)
    {
        var r = new SpanReader(block);
        r.Take(1);
        byte flags = r.U8();
        byte number = r.U8();
        if (flags != ShortBlockEncoder.Flag || r.Failed)
            return BlockError.DamagedBody;
        if (LogDictionary.TryGet(number) is not { } dictionary)
            return BlockError.UnknownDictionary;
        int count = r.Count(ShortBlockEncoder.EventsMax);
        int bodyBytes = r.Count(ShortBlockEncoder.BytesMax);
        uint crc = r.U32();
        if (r.Failed || count == 0)
            return BlockError.OverLimits;
        Rent(ref body, bodyBytes);
        into.Reserve(count);
        if (!Zstd.TryDecompressBlock(r.Take(r.Remaining), body.AsSpan(0, bodyBytes), dictionary))
            return BlockError.DamagedBody;
        if (!TryReadBody(body.AsSpan(0, bodyBytes), count, sourceCount, into))
            return BlockError.DamagedColumns;
        if (Crc32C.Compute(text.AsSpan(0, textBytes)) != crc)
            return BlockError.TextChecksum;
        into.Count = count;
        return BlockError.None;
    }

    public void Dispose()
    {
        Return(body);
        Return(text);
        body = text = [];
    }

    private bool TryReadBody(ReadOnlySpan<byte> bytes, int count, int sourceCount, EventColumns into)
    {
        var r = new SpanReader(bytes);
        if (sourceCount == 0 || !streams.TryReadNames(ref r, count, sourceCount, ShortBlockEncoder.BytesMax) || !streams.TryReadOrder(ref r, count))
            return false;
        for (int i = 0; i < count; i++)
            Fill(into, i, streams.Streams[streams.StreamOf(i)]);
        into.Hosts = streams.Hosts;
        into.Apps = streams.Apps;
        return RunColumn.TryRead(ref r, into.Offsets.AsSpan(0, count), ulong.MaxValue)
            && TryReadTimes(ref r, into.Times.AsSpan(0, count))
            && RunColumn.TryRead(ref r, into.Flags.AsSpan(0, count), byte.MaxValue, ofBytes: true)
            && RunColumn.TryRead(ref r, into.Severities.AsSpan(0, count), byte.MaxValue, ofBytes: true)
            && TryReadRestLengths(ref r, into.Lengths.AsSpan(0, count))
            && TryWriteLines(bytes[r.Position..], count, into)
            && TryAddOffsets(count, sourceCount, into);
    }

    private static void Fill(EventColumns into, int i, StreamInfo stream)
    {
        into.Sources[i] = (ulong)stream.Source;
        into.HostIndexes[i] = (ulong)stream.Host;
        into.AppIndexes[i] = (ulong)stream.App;
        into.Pids[i] = stream.Pid;
    }

    private static bool TryReadTimes(ref SpanReader r, Span<ulong> times)
    {
        int scale = r.U8();
        if (scale > TimeSteps.ScaleMax)
            return false;
        ulong unit = 1;
        for (int i = 0; i < scale; i++)
            unit *= 10;
        ulong time = r.Varint();
        times[0] = time * unit;
        for (int i = 1; i < times.Length; i++)
            times[i] = (time += (ulong)r.Zigzag()) * unit;
        return !r.Failed;
    }

    /// <summary>Lengths of the rests, or -1 each where line feeds end them.</summary>
    private static bool TryReadRestLengths(ref SpanReader r, Span<int> lengths)
    {
        byte form = r.U8();
        lengths.Fill(-1);
        for (int i = 0; i < lengths.Length && form == ShortBlockEncoder.EndByLength; i++)
            lengths[i] = r.Count(ShortBlockEncoder.BytesMax);
        return !r.Failed && form <= ShortBlockEncoder.EndByLength;
    }

    /// <summary>Each line of its stream's lead and the rest of it; false unless they take all rests and no more text than is allowed.</summary>
    private bool TryWriteLines(ReadOnlySpan<byte> rests, int count, EventColumns into)
    {
        textBytes = 0;
        for (int i = 0; i < count; i++)
        {
            int length = into.Lengths[i] < 0 ? rests.IndexOf((byte)'\n') + 1 : into.Lengths[i];
            if (length > rests.Length || (length == 0 && into.Lengths[i] < 0))
                return false;
            StreamInfo stream = streams.Streams[streams.StreamOf(i)];
            ReadOnlySpan<byte> time = stream.Format < 0 ? [] : streams.Format(stream.Format).Write(into.Times[i]);
            if (stream.Format >= 0 && time.IsEmpty)
                return false;
            into.Starts[i] = textBytes;
            into.Lengths[i] = stream.Before.Length + time.Length + stream.After.Length + length;
            if (textBytes + into.Lengths[i] > ShortBlockEncoder.BytesMax)
                return false;
            Grow(textBytes + into.Lengths[i]);
            Append(stream.Before.Span);
            Append(time);
            Append(stream.After.Span);
            Append(rests[..length]);
            rests = rests[length..];
        }
        return rests.IsEmpty;
    }

    private static bool TryAddOffsets(int count, int sourceCount, EventColumns into)
    {
        foreach (ref ulong offset in into.Offsets.AsSpan(0, count))
            offset = (offset >> 1) ^ (0 - (offset & 1));
        return into.TryAddOffsets(count, sourceCount);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(text.AsSpan(textBytes));
        textBytes += bytes.Length;
    }

    private void Grow(int bytes)
    {
        if (text.Length >= bytes)
            return;
        byte[] larger = BufferPool.Rent(Math.Max(bytes, text.Length * 2));
        text.AsSpan(0, textBytes).CopyTo(larger);
        Return(text);
        text = larger;
    }

    private static void Rent(ref byte[] buffer, int bytes)
    {
        if (buffer.Length >= bytes)
            return;
        Return(buffer);
        buffer = BufferPool.Rent(bytes);
    }

    private static void Return(byte[] rented)
    {
        BufferPool.Return(rented);
    }
}
