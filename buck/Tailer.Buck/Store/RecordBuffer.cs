using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>Reads single records of bucket files into one rented buffer, checked. Not thread-safe.</summary>
internal sealed class RecordBuffer : IDisposable
{
    /// <summary>Some hundred sources with their descriptors.</summary>
    private const int HeaderBytesMax = 64 * 1024;

    private byte[] buffer = BufferPool.Rent(256 * 1024);

    /// <summary>The body read last; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public RecordHeader Record { get; private set; }

    /// <summary>Reads the record at a position; false when there is no whole record of that length.</summary>
    public bool TryRead(IDiskFile file, long position, int bodyBytes)
    {
        int bytes = RecordHeader.Bytes + bodyBytes;
        if (buffer.Length < bytes)
        {
            BufferPool.Return(buffer);
            buffer = BufferPool.Rent(bytes);
        }
        if (file.ReadFully(buffer.AsSpan(0, bytes), position) < bytes)
            return false;
        if (!RecordHeader.TryRead(buffer, out RecordHeader record) || record.BodyBytes != bodyBytes)
            return false;
        Record = record;
        Body = buffer.AsMemory(RecordHeader.Bytes, bodyBytes);
        return true;
    }

    /// <summary>Reads a packet and checks its frame; null when it is not there, damaged, or no packet.</summary>
    public FrameHeader? ReadPacket(IDiskFile file, RecordPlace place) =>
        place.Type == RecordType.Packet && TryRead(file, place.Position, place.BodyBytes) && Record.Id == place.Id
            && FrameHeader.TryReadFrame(Body.Span, out FrameHeader? header) == FrameError.None
            ? header
            : null;

    /// <summary>Reads a packet's header alone, checked; null when it is not there, damaged, or longer than <see cref="HeaderBytesMax"/>.</summary>
    public FrameHeader? ReadPacketHeader(IDiskFile file, RecordPlace place)
    {
        Span<byte> bytes = buffer.AsSpan(0, Math.Min(HeaderBytesMax, place.BodyBytes));
        int read = file.Read(bytes, place.Position + RecordHeader.Bytes);
        return FrameHeader.TryRead(bytes[..read], out FrameHeader? header) == FrameError.None ? header : null;
    }

    public void Dispose()
    {
        BufferPool.Return(buffer);
        buffer = [];
    }
}
