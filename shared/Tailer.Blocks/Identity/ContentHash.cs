using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tailer.Blocks;

/// <summary>BLAKE2b-128 over the canonical uncompressed form of a segment's events.</summary>
public readonly record struct ContentHash(UInt128 Value) : IComparable<ContentHash>
{
    public const int Bytes = 16;

    public bool IsEmpty => Value == UInt128.Zero;

    /// <summary>Reads 16 bytes, most significant first, so that byte order, text order and number order agree.</summary>
    public static ContentHash Read(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public void WriteTo(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, Value);

    public static bool TryParse([NotNullWhen(true)] string? hex, out ContentHash id)
    {
        id = default;
        if (hex is not { Length: 32 } || !UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value))
            return false;
        id = new ContentHash(value);
        return true;
    }

    public int CompareTo(ContentHash other) => Value.CompareTo(other.Value);

    public static bool operator <(ContentHash a, ContentHash b) => a.Value < b.Value;
    public static bool operator >(ContentHash a, ContentHash b) => a.Value > b.Value;
    public static bool operator <=(ContentHash a, ContentHash b) => a.Value <= b.Value;
    public static bool operator >=(ContentHash a, ContentHash b) => a.Value >= b.Value;

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
