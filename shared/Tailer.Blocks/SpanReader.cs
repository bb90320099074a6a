using System.Buffers.Binary;
using System.Text;

namespace Tailer.Blocks;

/// <summary>
/// Reads little-endian numbers, LEB128 varints and length-prefixed bytes from input nobody vouches for. It never throws:
/// reading past the end or a malformed varint sets <see cref="Failed"/>, and everything read after that is zero or empty.
/// </summary>
public ref struct SpanReader(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> input = input;

    public int Position { get; private set; }

    /// <summary>Once true it stays true; check it after reading a group of fields.</summary>
    public bool Failed { get; private set; }

    public readonly int Remaining => input.Length - Position;

    public readonly bool AtEnd => Position == input.Length;

    public byte U8()
    {
        ReadOnlySpan<byte> b = Take(1);
        return b.IsEmpty ? (byte)0 : b[0];
    }

    public ushort U16()
    {
        ReadOnlySpan<byte> b = Take(2);
        return b.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(b);
    }

    public uint U32()
    {
        ReadOnlySpan<byte> b = Take(4);
        return b.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(b);
    }

    public ulong U64()
    {
        ReadOnlySpan<byte> b = Take(8);
        return b.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(b);
    }

    public SourceId SourceId()
    {
        ReadOnlySpan<byte> b = Take(16);
        return b.IsEmpty ? default : Blocks.SourceId.Read(b);
    }

    public PacketId PacketId()
    {
        ReadOnlySpan<byte> b = Take(16);
        return b.IsEmpty ? default : Blocks.PacketId.Read(b);
    }

    public EpochId EpochId()
    {
        ReadOnlySpan<byte> b = Take(16);
        return b.IsEmpty ? default : Blocks.EpochId.Read(b);
    }

    /// <summary>Unsigned LEB128 of at most ten bytes.</summary>
    public ulong Varint()
    {
        if (Position < input.Length && input[Position] < 0x80)
            return input[Position++];
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (Position >= input.Length)
                return Fail();
            byte b = input[Position++];
            if (shift == 63 && b > 1)
                return Fail();
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        return Fail();
    }

    /// <summary>A varint that must not exceed <paramref name="max"/>; use it for every count and length.</summary>
    public int Count(int max)
    {
        ulong value = Varint();
        if (max >= 0 && value <= (ulong)max)
            return (int)value;
        Fail();
        return 0;
    }

    /// <summary>Zigzag-coded signed varint.</summary>
    public long Zigzag()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count < 0 || count > Remaining)
        {
            Fail();
            return default;
        }
        ReadOnlySpan<byte> taken = input.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>Varint length, then that many bytes.</summary>
    public ReadOnlySpan<byte> LengthPrefixed(int maxBytes) => Take(Count(maxBytes));

    /// <summary>
    /// Varint length, then UTF-8; invalid bytes read as U+FFFD. Where these make it longer than allowed it fails, so that what was
    /// read can always be written again.
    /// </summary>
    public string Text(int maxBytes)
    {
        ReadOnlySpan<byte> bytes = LengthPrefixed(maxBytes);
        string text = Encoding.UTF8.GetString(bytes);
        if (bytes.Length > maxBytes / 3 && Encoding.UTF8.GetByteCount(text) > maxBytes)
        {
            Fail();
            return "";
        }
        return text;
    }

    /// <summary>Marks the input as malformed, for what only the caller can judge.</summary>
    internal ulong Fail()
    {
        Failed = true;
        Position = input.Length;
        return 0;
    }
}
