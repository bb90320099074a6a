using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tailer.Blocks;

/// <summary>
/// A growing byte buffer rented from the shared pool: the counterpart of <see cref="SpanReader"/>. The holder owns the
/// rented array and gives it back by <see cref="Dispose"/>; <see cref="Reset"/> keeps it for the next use.
/// </summary>
public sealed class ByteWriter(int capacity = 256) : IBufferWriter<byte>, IDisposable
{
    private byte[] buffer = BufferPool.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    /// <summary>What is written and as many bytes behind it, which mean nothing; reserve them by <see cref="GetSpan"/> before.</summary>
    internal ReadOnlySpan<byte> WrittenWithSlack(int slack) => buffer.AsSpan(0, Length + slack);

    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, Length);

    /// <summary>The bytes already written, to fill in a length or checksum known only later.</summary>
    public Span<byte> At(int position, int count) => buffer.AsSpan(position, count)[..Math.Min(count, Length - position)];

    public void Reset() => Length = 0;

    /// <summary>Drops what is written behind a length.</summary>
    internal void Truncate(int length) => Length = Math.Min(length, Length);

    public void U8(byte value) => Reserve(1)[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void Id(SourceId id) => id.WriteTo(Reserve(16));

    public void Id(PacketId id) => id.WriteTo(Reserve(16));

    public void Id(EpochId id) => id.WriteTo(Reserve(16));

    public void Varint(ulong value)
    {
        if (value < 0x80)
        {
            U8((byte)value);
            return;
        }
        Span<byte> to = GetSpan(10);
        int n = 0;
        while (value >= 0x80)
        {
            to[n++] = (byte)(value | 0x80);
            value >>= 7;
        }
        to[n++] = (byte)value;
        Length += n;
    }

    public void Zigzag(long value) => Varint((ulong)(value << 1) ^ (ulong)(value >> 63));

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void LengthPrefixed(ReadOnlySpan<byte> bytes)
    {
        Varint((ulong)bytes.Length);
        Raw(bytes);
    }

    public void Text(string text)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        Varint((ulong)count);
        Encoding.UTF8.GetBytes(text, Reserve(count));
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return buffer.AsSpan(Length);
    }

    public void Dispose()
    {
        BufferPool.Return(buffer);
        buffer = [];
        Length = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int count)
    {
        Grow(count);
        Span<byte> reserved = buffer.AsSpan(Length, count);
        Length += count;
        return reserved;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Grow(int count)
    {
        if (buffer.Length - Length < count)
            Replace(count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Replace(int count)
    {
        byte[] larger = BufferPool.Rent(checked(Math.Max(buffer.Length * 2, Length + count)));
        Written.CopyTo(larger);
        BufferPool.Return(buffer);
        buffer = larger;
    }
}
