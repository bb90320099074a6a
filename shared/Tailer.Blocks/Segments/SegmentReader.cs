using Tailer.Blocks.Native;
using Tailer.Disk;

namespace Tailer.Blocks;

/// <summary>
/// Reads a segment by ranges: the trailer and footer when opened, then single blocks. Safe for several threads at once; it owns
/// the file.
/// </summary>
public sealed class SegmentReader : IDisposable
{
    private readonly IDiskFile file;

    private SegmentReader(IDiskFile file, SegmentFooter footer)
    {
        this.file = file;
        Footer = footer;
    }

    public SegmentFooter Footer { get; }

    public string Path => file.Path;

    public long FileBytes => file.Length;

    /// <summary>Opens a segment; null with the reason when the file is none. The file is disposed then.</summary>
    public static SegmentReader? TryOpen(IDiskFile file, out SegmentError error)
    {
        SegmentReader? opened = null;
        try
        {
            error = TryReadFooter(file, out SegmentFooter? footer);
            return opened = error == SegmentError.None ? new SegmentReader(file, footer!) : null;
        }
        finally
        {
            if (opened is null)
                file.Dispose();
        }
    }

    /// <summary>
    /// Reads block number <paramref name="index"/> as it is, into a rented buffer that is replaced when it is too small; the caller
    /// gives it back. Empty with the reason when it cannot be read.
    /// </summary>
    public ReadOnlyMemory<byte> TryReadPacked(int index, ref byte[] rented, out BlockError error)
    {
        SegmentBlock block = Footer.Blocks[index];
        error = block.Bytes > Limits.BlockBodyBytesMax + 1024 ? BlockError.OverLimits : BlockError.None;
        if (error != BlockError.None)
            return default;
        if (rented.Length < block.Bytes)
        {
            BufferPool.Return(rented);
            rented = BufferPool.Rent(block.Bytes);
        }
        if (!ReadExactly(file, rented.AsSpan(0, block.Bytes), block.Offset))
            error = BlockError.DamagedBody;
        else if (Footer.BlockChecksums.Count > 0 && Crc32C.Compute(rented.AsSpan(0, block.Bytes)) != Footer.BlockChecksums[index])
            error = BlockError.BlockChecksum;
        return error == BlockError.None ? rented.AsMemory(0, block.Bytes) : default;
    }

    /// <summary>Reads and decodes block number <paramref name="index"/>; source indexes point into the footer's sources.</summary>
    public BlockError TryReadBlock(int index, DecodedBlock into)
    {
        byte[] rented = [];
        ReadOnlyMemory<byte> packed = TryReadPacked(index, ref rented, out BlockError error);
        if (error == BlockError.None)
            error = into.TryDecode(packed, Footer.Sources.Count);
        BufferPool.Return(rented);
        return error;
    }

    public void Dispose() => file.Dispose();

    private static SegmentError TryReadFooter(IDiskFile file, out SegmentFooter? footer)
    {
        footer = null;
        long length = file.Length;
        Span<byte> trailerBytes = stackalloc byte[SegmentTrailer.Bytes];
        Span<byte> magic = stackalloc byte[SegmentTrailer.FileMagic.Length];
        if (length < magic.Length + trailerBytes.Length)
            return SegmentError.Truncated;
        if (!ReadExactly(file, magic, 0) || !magic.SequenceEqual(SegmentTrailer.FileMagic))
            return SegmentError.NoMagic;
        if (!ReadExactly(file, trailerBytes, length - trailerBytes.Length))
            return SegmentError.Truncated;
        SegmentError error = SegmentTrailer.TryRead(trailerBytes, length, out SegmentTrailer trailer);
        if (error != SegmentError.None)
            return error;

        var packed = new byte[trailer.FooterPackedBytes];
        if (!ReadExactly(file, packed, trailer.FooterOffset))
            return SegmentError.Truncated;
        if (Crc32C.Compute(packed) != trailer.FooterCrc)
            return SegmentError.FooterChecksum;
        if (!Zstd.CanHold(packed.Length, trailer.FooterBytes))
            return SegmentError.DamagedFooter;
        var plain = new byte[trailer.FooterBytes];
        if (!Zstd.TryDecompress(packed, plain))
            return SegmentError.DamagedFooter;
        footer = SegmentFooterReader.TryRead(plain);
        if (footer is not null && footer.Blocks.Any(b => b.Offset < SegmentTrailer.FileMagic.Length || b.Offset > trailer.FooterOffset - b.Bytes))
            footer = null;
        return footer is null ? SegmentError.DamagedFooter : SegmentError.None;
    }

    private static bool ReadExactly(IDiskFile file, Span<byte> into, long offset) => file.ReadFully(into, offset) == into.Length;
}
