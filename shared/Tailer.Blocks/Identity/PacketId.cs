using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tailer.Blocks;

/// <summary>BLAKE2b-128 over a frame's header and payload: equal ids are equal bytes.</summary>
public readonly record struct PacketId(UInt128 Value) : IComparable<PacketId>
{
    public const int Bytes = 16;

    public bool IsEmpty => Value == UInt128.Zero;

    /// <summary>Reads 16 bytes, most significant first, so that byte order, text order and number order agree.</summary>
    public static PacketId Read(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public void WriteTo(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, Value);

    public static bool TryParse([NotNullWhen(true)] string? hex, out PacketId id)
    {
        id = default;
        if (hex is not { Length: 32 } || !UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value))
            return false;
        id = new PacketId(value);
        return true;
    }

    public int CompareTo(PacketId other) => Value.CompareTo(other.Value);

    public static bool operator <(PacketId a, PacketId b) => a.Value < b.Value;
    public static bool operator >(PacketId a, PacketId b) => a.Value > b.Value;
    public static bool operator <=(PacketId a, PacketId b) => a.Value <= b.Value;
    public static bool operator >=(PacketId a, PacketId b) => a.Value >= b.Value;

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
