using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tailer.Blocks.Native;

namespace Tailer.Wire;

/// <summary>16 random bytes that name one issued credential; what a revocation list lists.</summary>
public readonly record struct CredentialSerial(UInt128 Value)
{
    public const int Bytes = 16;

    public static CredentialSerial Create()
    {
        Span<byte> random = stackalloc byte[Bytes];
        Sodium.RandomBytes(random);
        return Read(random);
    }

    public static CredentialSerial Read(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public void WriteTo(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, Value);

    public static bool TryParse([NotNullWhen(true)] string? hex, out CredentialSerial serial)
    {
        serial = default;
        if (hex is not { Length: 32 } || !UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value))
            return false;
        serial = new CredentialSerial(value);
        return true;
    }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
