using System.Buffers.Binary;
using Tailer.Disk;

namespace Tailer.Blocks;

/// <summary>
/// Walks the records of a bucket file from a position, also while another process appends to it. Damage is stepped over and
/// reported; a torn tail ends the walk at <see cref="Position"/>, from where a later reader can go on.
/// </summary>
public sealed class BucketFileReader(IDiskFile file, long position = 0) : IDisposable
{
    private const int ChunkBytes = 256 * 1024;

    private byte[] buffer = BufferPool.Rent(ChunkBytes);
    private long bufferStart;
    private int bufferBytes;
    private readonly List<(long From, long To)> damage = [];

    /// <summary>Where the next record starts, or will start once it is written.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Ranges of the file that held no valid record.</summary>
    public IReadOnlyList<(long From, long To)> Damage => damage;

    /// <summary>The record found last.</summary>
    public RecordHeader Header { get; private set; }

    /// <summary>Where the record found last starts.</summary>
    public long RecordPosition { get; private set; }

    /// <summary>The body of the record found last; valid until the next call. It is as it lies in the file: check it.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Moves to the next whole record; false at the end, or at a record not wholly written yet.</summary>
    public bool TryReadNext()
    {
        long from = Position;
        while (true)
        {
            ReadOnlyMemory<byte> head = Peek(Position, RecordHeader.Bytes);
            if (head.Length < RecordHeader.Bytes)
                return Stop(from);
            if (RecordHeader.TryRead(head.Span, out RecordHeader header))
            {
                ReadOnlyMemory<byte> whole = Peek(Position, header.RecordBytes);
                if (whole.Length < header.RecordBytes)
                    return Stop(from);
                ReportDamage(from, Position);
                Header = header;
                RecordPosition = Position;
                Body = whole[RecordHeader.Bytes..header.RecordBytes];
                Position += header.RecordBytes;
                return true;
            }
            if (!SkipToMagic())
                return Stop(from);
        }
    }

    public void Dispose()
    {
        BufferPool.Return(buffer);
        buffer = [];
    }

    /// <summary>
    /// Nothing whole follows: stay where the doubtful bytes begin, and read them anew next time, because a writer may put other bytes
    /// over what is torn.
    /// </summary>
    private bool Stop(long from)
    {
        Position = from;
        bufferBytes = 0;
        return false;
    }

    private void ReportDamage(long from, long to)
    {
        if (to > from)
            damage.Add((from, to));
    }

    /// <summary>
    /// Moves on by at least one byte to where the magic stands again; false when the file ends before. Looks at each byte once, however
    /// often the magic stands in it.
    /// </summary>
    private bool SkipToMagic()
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, RecordHeader.Magic);
        Position++;
        while (Peek(Position, magic.Length).Length == magic.Length)
        {
            ReadOnlySpan<byte> buffered = buffer.AsSpan((int)(Position - bufferStart), (int)(bufferStart + bufferBytes - Position));
            int found = buffered.IndexOf(magic);
            if (found >= 0)
            {
                Position += found;
                return true;
            }
            Position += buffered.Length - (magic.Length - 1);
        }
        return false;
    }

    /// <summary>Up to <paramref name="count"/> bytes at the position; fewer only at the end of the file.</summary>
    private ReadOnlyMemory<byte> Peek(long at, int count)
    {
        long skip = at - bufferStart;
        if (skip < 0 || skip + count > bufferBytes)
            Fill(at, count);
        skip = at - bufferStart;
        return buffer.AsMemory((int)skip, (int)Math.Min(count, bufferBytes - skip));
    }

    private void Fill(long at, int count)
    {
        int kept = 0;
        byte[] target = buffer.Length >= count ? buffer : BufferPool.Rent(Math.Max(count, ChunkBytes));
        if (at >= bufferStart && at < bufferStart + bufferBytes)
        {
            kept = (int)(bufferStart + bufferBytes - at);
            buffer.AsSpan((int)(at - bufferStart), kept).CopyTo(target);
        }
        if (!ReferenceEquals(target, buffer))
        {
            BufferPool.Return(buffer);
            buffer = target;
        }
        bufferStart = at;
        bufferBytes = kept;
        while (bufferBytes < count)
        {
            int read = file.Read(buffer.AsSpan(bufferBytes), at + bufferBytes);
            if (read == 0)
                break;
            bufferBytes += read;
        }
    }
}
