using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// Finds whole bodies among bytes that hold no valid record header: a frame has lengths and checksums of its own, so a packet is whole though
/// the header before it is not. A manifest is found where the bytes are one record.
/// </summary>
internal static class RecordSalvage
{
    /// <summary>Longer than this is not one flipped bit, and not worth the memory: the records in it are at other bucks.</summary>
    private const long BytesMax = 2 * RecordHeader.BodyBytesMax;

    private static ReadOnlySpan<byte> FrameMagic => "TLF1"u8;

    /// <summary>Whole bodies between two positions of a bucket file. Throws <see cref="IOException"/>.</summary>
    public static List<(RecordType Type, byte[] Body)> Bodies(IDiskFile file, long from, long to)
    {
        byte[] bytes = new byte[Math.Min(to - from, BytesMax)];
        return Bodies(bytes.AsSpan(0, file.ReadFully(bytes, from)));
    }

    private static List<(RecordType Type, byte[] Body)> Bodies(ReadOnlySpan<byte> bytes)
    {
        var found = new List<(RecordType, byte[])>();
        if (bytes.Length > RecordHeader.Bytes && Manifest.TryRead(bytes[RecordHeader.Bytes..]) is not null)
        {
            found.Add((RecordType.Manifest, bytes[RecordHeader.Bytes..].ToArray()));
            return found;
        }
        while (bytes.IndexOf(FrameMagic) is >= 0 and int at)
        {
            bytes = bytes[at..];
            int length = bytes.Length >= 8 ? (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), (uint)Limits.FrameBytesMax) : 0;
            if (length > 0 && length <= bytes.Length && FrameHeader.TryReadFrame(bytes[..length], out _) == FrameError.None)
            {
                found.Add((RecordType.Packet, bytes[..length].ToArray()));
                bytes = bytes[length..];
            }
            else
            {
                bytes = bytes[FrameMagic.Length..];
            }
        }
        return found;
    }
}
