using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tailer.Blocks;

/// <summary>Names one incarnation of one byte sequence; see docs/formats/descriptor.md.</summary>
public readonly record struct SourceId(UInt128 Value) : IComparable<SourceId>
{
    public const int Bytes = 16;

    public bool IsEmpty => Value == UInt128.Zero;

    /// <summary>Reads 16 bytes, most significant first, so that byte order, text order and number order agree.</summary>
    public static SourceId Read(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public void WriteTo(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, Value);

    public static bool TryParse([NotNullWhen(true)] string? hex, out SourceId id)
    {
        id = default;
        if (hex is not { Length: 32 } || !UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value))
            return false;
        id = new SourceId(value);
        return true;
    }

    public int CompareTo(SourceId other) => Value.CompareTo(other.Value);

    public static bool operator <(SourceId a, SourceId b) => a.Value < b.Value;
    public static bool operator >(SourceId a, SourceId b) => a.Value > b.Value;
    public static bool operator <=(SourceId a, SourceId b) => a.Value <= b.Value;
    public static bool operator >=(SourceId a, SourceId b) => a.Value >= b.Value;

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
