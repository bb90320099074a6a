using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tailer.Blocks.Native;

namespace Tailer.Wire;

/// <summary>Names an environment: BLAKE2b-128 over a context string and the authority's public key.</summary>
public readonly record struct EnvironmentId(UInt128 Value)
{
    public const int Bytes = 16;

    public static EnvironmentId Of(ReadOnlySpan<byte> authorityPublicKey)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        Sodium.Blake2b(hash, [.. "tailer environment 1\0"u8, .. authorityPublicKey]);
        return Read(hash);
    }

    public static EnvironmentId Read(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public void WriteTo(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, Value);

    public static bool TryParse([NotNullWhen(true)] string? hex, out EnvironmentId id)
    {
        id = default;
        if (hex is not { Length: 32 } || !UInt128.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value))
            return false;
        id = new EnvironmentId(value);
        return true;
    }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
