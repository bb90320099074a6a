using System.Buffers.Binary;

namespace Tailer.Blocks;

/// <summary>The last 40 bytes of a segment. Byte table: docs/formats/segment.md; keep both in step.</summary>
internal readonly record struct SegmentTrailer(long FooterOffset, int FooterPackedBytes, int FooterBytes, uint FooterCrc)
{
    public const int Bytes = 40;
    public const byte Version = 1;

    public static ReadOnlySpan<byte> FileMagic => "TLSEG1\0\0"u8;

    public static ReadOnlySpan<byte> EndMagic => "TLSEGEND"u8;

    public void WriteTo(Span<byte> to)
    {
        to[..Bytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(to, FooterOffset);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], FooterPackedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], FooterBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], FooterCrc);
        to[20] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], Crc32C.Compute(to[..28]));
        EndMagic.CopyTo(to[32..]);
    }

    public static SegmentError TryRead(ReadOnlySpan<byte> from, long fileBytes, out SegmentTrailer trailer)
    {
        trailer = default;
        if (!from[32..].SequenceEqual(EndMagic))
            return SegmentError.NoMagic;
        if (BinaryPrimitives.ReadUInt32LittleEndian(from[28..]) != Crc32C.Compute(from[..28]))
            return SegmentError.TrailerChecksum;
        if (from[20] != Version)
            return SegmentError.UnknownVersion;
        trailer = new SegmentTrailer(
            BinaryPrimitives.ReadInt64LittleEndian(from),
            BinaryPrimitives.ReadInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[16..]));
        bool fits = trailer.FooterOffset >= FileMagic.Length
            && trailer.FooterPackedBytes >= 0
            && trailer.FooterBytes is >= 0 and <= Limits.SegmentFooterBytesMax
            && trailer.FooterOffset + trailer.FooterPackedBytes + Bytes == fileBytes;
        return fits ? SegmentError.None : SegmentError.OverLimits;
    }
}
