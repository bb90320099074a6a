using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tailer.Blocks;

/// <summary>16 random bytes made at each start of an agent; with the packet's number they order its packets.</summary>
public readonly record struct EpochId(UInt128 Value) : IComparable<EpochId>
{
    public const int Bytes = 16;

    public bool IsEmpty => Value == UInt128.Zero;

    /// <summary>Reads 16 bytes, most significant first, so that byte order, text order and number order agree.</summary>
    public static EpochId Read(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public void WriteTo(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, Value);

    public static bool TryParse([NotNullWhen(true)] string? hex, out EpochId id)
    {
        id = default;
        if (hex is not { Length: 32 } || !UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value))
            return false;
        id = new EpochId(value);
        return true;
    }

    public int CompareTo(EpochId other) => Value.CompareTo(other.Value);

    public static bool operator <(EpochId a, EpochId b) => a.Value < b.Value;
    public static bool operator >(EpochId a, EpochId b) => a.Value > b.Value;
    public static bool operator <=(EpochId a, EpochId b) => a.Value <= b.Value;
    public static bool operator >=(EpochId a, EpochId b) => a.Value >= b.Value;

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
