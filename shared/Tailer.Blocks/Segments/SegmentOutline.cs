using System.Buffers.Binary;
using Tailer.Blocks.Native;
using Tailer.Disk;

namespace Tailer.Blocks;

/// <summary>
/// Where the parts of a segment lie, and what of them is damaged: for looking into a file that nobody vouches for. Where magic or
/// trailer are damaged it goes on with what they must have been, as long as the rest fits; what it could not prove is a flaw.
/// Memory as for <see cref="SegmentReader"/>: the footer's.
/// </summary>
public sealed class SegmentOutline
{
    /// <summary>How far before the end of the file a trailer is looked for when there is none at the end.</summary>
    private const int SearchBytes = 1024 * 1024;

    private readonly IDiskFile file;
    private readonly List<SegmentFlaw> flaws = [];
    private readonly List<FooterSection> sections = [];
    private SegmentTrailer trailer;
    private long end;

    private SegmentOutline(IDiskFile file)
    {
        this.file = file;
        FileBytes = end = file.Length;
    }

    public long FileBytes { get; }

    /// <summary>Where the blocks end and the footer begins; 0 when there is no trailer that says so.</summary>
    public long FooterOffset => trailer.FooterOffset;

    /// <summary>Compressed, as it lies in the file.</summary>
    public int FooterPackedBytes => trailer.FooterPackedBytes;

    /// <summary>Uncompressed.</summary>
    public int FooterBytes => trailer.FooterBytes;

    /// <summary>In the order of the footer, those of unknown tags too; as far as they could be read.</summary>
    public IReadOnlyList<FooterSection> Sections => sections;

    public IReadOnlyList<SegmentFlaw> Flaws => flaws;

    /// <summary>Null when it could not be read. With flaws it is what the file says, not proven.</summary>
    public SegmentFooter? Footer { get; private set; }

    /// <summary>Where blocks start.</summary>
    public static int MagicBytes => SegmentTrailer.FileMagic.Length;

    /// <summary>True when a file with these first bytes says it is a segment.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) => start.StartsWith(SegmentTrailer.FileMagic);

    /// <summary>Reads magic, trailer and footer. Throws <see cref="IOException"/> when the disk does, never for what is in the file.</summary>
    public static SegmentOutline Read(IDiskFile file)
    {
        var outline = new SegmentOutline(file);
        if (outline.FileBytes < MagicBytes + SegmentTrailer.Bytes)
        {
            outline.Flaw(0, outline.FileBytes, $"the file has {outline.FileBytes} bytes, a segment at least {MagicBytes + SegmentTrailer.Bytes}");
            return outline;
        }
        if (!HasMagic(outline.Bytes(0, MagicBytes)))
            outline.Flaw(0, MagicBytes, "the magic at the start is damaged");
        if (outline.FindTrailer())
            outline.ReadFooter();
        return outline;
    }

    /// <summary>A reader of the blocks, which owns the file from now on; null when the footer could not be read.</summary>
    public SegmentReader? OpenReader()
    {
        if (Footer is null)
            return null;
        if (flaws.Count == 0)
            return SegmentReader.TryOpen(file, out _);
        var whole = new byte[SegmentTrailer.Bytes];
        trailer.WriteTo(whole);
        return SegmentReader.TryOpen(new MendedFile(file, end, whole), out _);
    }

    private bool FindTrailer()
    {
        byte[] last = Bytes(FileBytes - SegmentTrailer.Bytes, SegmentTrailer.Bytes);
        SegmentError error = SegmentTrailer.TryRead(last, FileBytes, out trailer);
        if (error == SegmentError.None)
            return true;
        if (error == SegmentError.UnknownVersion)
        {
            Flaw(FileBytes - SegmentTrailer.Bytes, FileBytes, $"the trailer is of version {last[20]}, this program reads version {SegmentTrailer.Version}");
            return false;
        }
        return error == SegmentError.NoMagic && FindEarlierTrailer() || MendTrailer(last);
    }

    /// <summary>One that has bytes behind it.</summary>
    private bool FindEarlierTrailer()
    {
        long from = Math.Max(MagicBytes, FileBytes - SearchBytes);
        byte[] tail = Bytes(from, (int)(FileBytes - from));
        for (int at = tail.AsSpan().LastIndexOf(SegmentTrailer.EndMagic); at >= 0; at = tail.AsSpan(0, at).LastIndexOf(SegmentTrailer.EndMagic))
        {
            int after = at + SegmentTrailer.EndMagic.Length;
            if (after < SegmentTrailer.Bytes || SegmentTrailer.TryRead(tail.AsSpan(after - SegmentTrailer.Bytes, SegmentTrailer.Bytes), from + after, out trailer) != SegmentError.None)
                continue;
            end = from + after;
            Flaw(end, FileBytes, $"{FileBytes - end} bytes follow the trailer");
            return true;
        }
        trailer = default;
        return false;
    }

    /// <summary>The last bytes with magic, version and checksum put right: a trailer, if its numbers fit the file's length.</summary>
    private bool MendTrailer(byte[] last)
    {
        long at = FileBytes - SegmentTrailer.Bytes;
        byte[] mended = [.. last];
        SegmentTrailer.EndMagic.CopyTo(mended.AsSpan(32));
        mended[20] = SegmentTrailer.Version;
        BinaryPrimitives.WriteUInt32LittleEndian(mended.AsSpan(28), Crc32C.Compute(mended.AsSpan(0, 28)));
        if (SegmentTrailer.TryRead(mended, FileBytes, out trailer) != SegmentError.None)
        {
            trailer = default;
            Flaw(at, FileBytes, last.AsSpan(32).SequenceEqual(SegmentTrailer.EndMagic)
                ? "the trailer is damaged and says nothing that fits the file's length"
                : "there is no trailer at the end: the file was cut short, or never finished");
            return false;
        }
        if (!last.AsSpan(32).SequenceEqual(SegmentTrailer.EndMagic))
            Flaw(at + 32, FileBytes, "the magic at the end is damaged");
        if (!last.AsSpan(0, 32).SequenceEqual(mended.AsSpan(0, 32)))
            Flaw(at, at + 32, "the trailer's checksum does not fit");
        return true;
    }

    private void ReadFooter()
    {
        byte[] packed = Bytes(trailer.FooterOffset, trailer.FooterPackedBytes);
        uint crc = Crc32C.Compute(packed);
        bool fits = crc == trailer.FooterCrc;
        trailer = trailer with { FooterCrc = crc };
        var plain = new byte[Zstd.CanHold(packed.Length, trailer.FooterBytes) ? trailer.FooterBytes : 0];
        if (plain.Length == 0 || !Zstd.TryDecompress(packed, plain))
        {
            FooterFlaw(fits ? "the footer does not unpack, though its checksum fits" : "the footer's checksum does not fit, and it does not unpack");
            return;
        }
        if (!fits)
            FooterFlaw("the footer's checksum does not fit");
        ReadSections(plain);
        SegmentFooter? footer = SegmentFooterReader.TryRead(plain);
        if (footer is null)
            FooterFlaw("a section of the footer cannot be read");
        else if (footer.Blocks.Any(b => b.Offset < MagicBytes || b.Offset > trailer.FooterOffset - b.Bytes))
            FooterFlaw("the footer lists a block outside the part of the file where blocks are");
        else
            Footer = footer;
    }

    private void ReadSections(ReadOnlySpan<byte> footer)
    {
        var r = new SpanReader(footer);
        while (!r.AtEnd)
        {
            ulong tag = r.Varint();
            ReadOnlySpan<byte> section = r.LengthPrefixed(footer.Length);
            if (r.Failed)
                return;
            string? name = tag <= byte.MaxValue && Enum.IsDefined((SegmentSection)tag) ? ((SegmentSection)tag).ToString() : null;
            sections.Add(new FooterSection(tag, name, section.Length));
        }
    }

    private void FooterFlaw(string what) => Flaw(trailer.FooterOffset, trailer.FooterOffset + trailer.FooterPackedBytes, what);

    private void Flaw(long from, long to, string what) => flaws.Add(new SegmentFlaw(from, to, what));

    private byte[] Bytes(long offset, int count)
    {
        var bytes = new byte[count];
        int done = 0;
        while (done < count)
        {
            int read = file.Read(bytes.AsSpan(done), offset + done);
            if (read == 0)
                throw new EndOfStreamException($"{file.Path} became shorter while it was read");
            done += read;
        }
        return bytes;
    }
}
