using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Bench;

/// <summary>How much of a segment its filters are: footer sections of tag 8 and above, by docs/formats/segment.md.</summary>
internal static class FooterShare
{
    private const int TrailerBytes = 40;
    private const ulong FirstFilterTag = 8;

    /// <summary>Bytes of the sections as they stand in the file: the footer is compressed whole, so each counts by its part of it.</summary>
    public static double FilterBytes(string segmentPath)
    {
        byte[] file = File.ReadAllBytes(segmentPath);
        ReadOnlySpan<byte> trailer = file.AsSpan(file.Length - TrailerBytes);
        var at = (int)BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int packed = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]);
        var plain = new byte[BinaryPrimitives.ReadInt32LittleEndian(trailer[12..])];
        if (!Zstd.TryDecompress(file.AsSpan(at, packed), plain))
            throw new InvalidDataException($"the footer of {segmentPath} is not as docs/formats/segment.md says");
        long filters = 0;
        for (var rest = new SpanReader(plain); rest.Remaining > 0;)
        {
            ulong tag = rest.Varint();
            int length = rest.Count(rest.Remaining);
            rest.Take(length);
            filters += tag >= FirstFilterTag ? length : 0;
            if (rest.Failed)
                throw new InvalidDataException($"the footer of {segmentPath} is not as docs/formats/segment.md says");
        }
        return filters * (double)packed / plain.Length;
    }
}
