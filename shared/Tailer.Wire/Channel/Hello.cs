using System.Buffers.Binary;

namespace Tailer.Wire;

/// <summary>
/// What each side says first, in clear text (docs/formats/messages.md, keep in sync): which versions it speaks and which
/// environment it belongs to. Both hellos are the prologue of the Noise handshake, so altering one ends it.
/// </summary>
internal readonly record struct Hello(byte VersionMin, byte VersionMax, HelloStatus Status, byte Version, EnvironmentId Environment)
{
    public const int Bytes = 24;

    private const uint Magic = 0x57_52_4c_54; // "TLRW"

    public void WriteTo(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        to[4] = VersionMin;
        to[5] = VersionMax;
        to[6] = (byte)Status;
        to[7] = Version;
        Environment.WriteTo(to[8..Bytes]);
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Bytes];
        WriteTo(bytes);
        return bytes;
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out Hello hello)
    {
        hello = default;
        if (from.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic || from[4] > from[5])
            return false;
        hello = new Hello(from[4], from[5], (HelloStatus)from[6], from[7], EnvironmentId.Read(from[8..Bytes]));
        return true;
    }
}
