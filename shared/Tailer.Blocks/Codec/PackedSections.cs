using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// The sections of a codec 2 block, unpacked when first asked for, each at its place in one rented buffer. Memory is bounded
/// by what the block's header claims, which is checked against <see cref="Limits"/> and against what zstd can hold before it
/// is rented. Holds on to the packed bytes until the next <see cref="TryOpen"/>.
/// </summary>
internal sealed class PackedSections : IDisposable
{
    /// <summary>Readable bytes behind the last section, so that short copies may read more than they need.</summary>
    public const int SlackBytes = 64;

    private readonly int[] starts = new int[SectionTable.Count + 1];
    private readonly int[] packedStarts = new int[SectionTable.Count];
    private readonly int[] packedLengths = new int[SectionTable.Count];
    private readonly bool[] unpacked = new bool[SectionTable.Count];
    private ReadOnlyMemory<byte> block;
    private byte[] body = [];
    private int sharedStart;
    private int sharedLength;
    private int sharedBytes;

    public byte[] Body => body;

    public int Start(BlockSection section) => starts[(int)section];

    public int Length(BlockSection section) => starts[(int)section + 1] - starts[(int)section];

    /// <summary>Bytes the section takes in the block; 0 when it shares a frame with others.</summary>
    public int PackedLength(BlockSection section) => packedLengths[(int)section];

    /// <summary>Reads the table of sections, which ends the header; unpacks nothing.</summary>
    public BlockError TryOpen(ReadOnlyMemory<byte> block, int tableStart)
    {
        this.block = block;
        Array.Clear(unpacked);
        var r = new SpanReader(block.Span[tableStart..]);
        sharedBytes = 0;
        long total = 0;
        for (int s = 0; s < SectionTable.Count; s++)
        {
            int length = r.Count(Limits.BlockBodyBytesMax);
            total += length;
            if (r.Failed || total > Limits.BlockBodyBytesMax)
                return BlockError.OverLimits;
            starts[s + 1] = starts[s] + length;
            sharedBytes += length < SectionTable.OwnFrameBytesMin ? length : 0;
        }
        sharedLength = r.Count(block.Length);
        for (int s = 0; s < SectionTable.Count; s++)
            packedLengths[s] = starts[s + 1] - starts[s] < SectionTable.OwnFrameBytesMin ? 0 : r.Count(block.Length);
        if (r.Failed)
            return BlockError.DamagedBody;
        int at = sharedStart = tableStart + r.Position;
        at += sharedLength;
        for (int s = 0; s < SectionTable.Count; s++)
        {
            packedStarts[s] = at;
            int plain = starts[s + 1] - starts[s];
            if (at > block.Length - packedLengths[s] || (plain >= SectionTable.OwnFrameBytesMin && !CanBe(packedLengths[s], plain)))
                return BlockError.DamagedBody;
            at += packedLengths[s];
        }
        if (at != block.Length || !CanBe(sharedLength, sharedBytes))
            return BlockError.DamagedBody;
        Rent((int)total + SlackBytes);
        return BlockError.None;
    }

    /// <summary>Unpacks a section if that was not done yet; false when it is damaged.</summary>
    public bool TryUnpack(BlockSection section)
    {
        int s = (int)section;
        if (unpacked[s])
            return true;
        if (packedLengths[s] == 0)
            return TryUnpackShared();
        return unpacked[s] = TryUnpack(block.Span.Slice(packedStarts[s], packedLengths[s]), body.AsSpan(starts[s], starts[s + 1] - starts[s]));
    }

    public ReadOnlySpan<byte> Bytes(BlockSection section) => body.AsSpan(Start(section), Length(section));

    public void Dispose()
    {
        block = default;
        BufferPool.Return(body);
        body = [];
    }

    /// <summary>Whether so many packed bytes can hold so many plain ones: asked before memory is rented for them.</summary>
    private static bool CanBe(int packed, int plain) =>
        plain == 0 ? packed == 0 : packed > 0 && packed <= plain && (packed == plain || Zstd.CanHold(packed, plain));

    private static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> into)
    {
        if (packed.Length != into.Length)
            return Zstd.TryDecompress(packed, into);
        packed.CopyTo(into);
        return true;
    }

    private bool TryUnpackShared()
    {
        byte[] shared = BufferPool.Rent(Math.Max(1, sharedBytes));
        try
        {
            if (!TryUnpack(block.Span.Slice(sharedStart, sharedLength), shared.AsSpan(0, sharedBytes)))
                return false;
            int at = 0;
            for (int s = 0; s < SectionTable.Count; s++)
            {
                if (packedLengths[s] > 0)
                    continue;
                int length = starts[s + 1] - starts[s];
                shared.AsSpan(at, length).CopyTo(body.AsSpan(starts[s]));
                at += length;
                unpacked[s] = true;
            }
            return true;
        }
        finally
        {
            BufferPool.Return(shared);
        }
    }

    private void Rent(int bytes)
    {
        if (body.Length >= bytes)
            return;
        BufferPool.Return(body);
        body = BufferPool.Rent(bytes);
    }
}
