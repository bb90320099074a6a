using System.Buffers;
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

    /// <summary>Reads and decodes block number <paramref name="index"/>; source indexes point into the footer's sources.</summary>
    public BlockError TryReadBlock(int index, DecodedBlock into)
    {
        SegmentBlock block = Footer.Blocks[index];
        if (block.Bytes > Limits.BlockBodyBytesMax + 1024)
            return BlockError.OverLimits;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(block.Bytes);
        try
        {
            return ReadExactly(file, bytes.AsSpan(0, block.Bytes), block.Offset)
                ? into.TryDecode(bytes.AsMemory(0, block.Bytes), Footer.Sources.Count)
                : BlockError.DamagedBody;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
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

    private static bool ReadExactly(IDiskFile file, Span<byte> into, long offset)
    {
        while (into.Length > 0)
        {
            int read = file.Read(into, offset);
            if (read == 0)
                return false;
            into = into[read..];
            offset += read;
        }
        return true;
    }
}
