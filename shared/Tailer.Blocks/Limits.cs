namespace Tailer.Blocks;

/// <summary>Every limit of the formats, each with what happens at it. Pages under docs/formats repeat the values.</summary>
public static class Limits
{
    /// <summary>A longer line is sent in parts of this size, flagged partial.</summary>
    public const int EventBytesMax = 64 * 1024;

    /// <summary>The agent seals a packet when this many raw bytes are together: large enough to compress, small enough to lose little.</summary>
    public const int PacketRawBytesTarget = 256 * 1024;

    /// <summary>The same while more than a packet of a source waits to be read: a larger block is a fifth smaller and quicker to make, and nobody waits for it less.</summary>
    public const int PacketRawBytesBehind = 704 * 1024;

    /// <summary>
    /// The same while more than this of a source waits, and its lines compress well: otherwise a frame could be over its limit
    /// (docs/decisions/0025). With a last line it fits a buffer of 2 MiB.
    /// </summary>
    public const int PacketRawBytesFarBehind = 1984 * 1024;

    /// <summary>A frame above this is refused as damaged. 256 KiB of raw bytes that do not compress, a full source table and room to grow.</summary>
    public const int FrameBytesMax = 1024 * 1024;

    /// <summary>A block with more events is refused; the agent seals before, the porter re-blocks to fewer.</summary>
    public const int BlockEventsMax = 65_536;

    /// <summary>Columns and text of one block; memory a reader may rent for one.</summary>
    public const int BlockBodyBytesMax = 16 * 1024 * 1024;

    /// <summary>
    /// Columns of variables in one block, which take a reader about 40 bytes each beside their bytes. Lines with more are written
    /// as plain text (codec 1).
    /// </summary>
    public const int BlockColumnsMax = 512 * 1024;

    /// <summary>
    /// Values of one block written as differences, which take a reader 8 bytes each: 64 such columns of a full block. A column
    /// that would go over it is written in another way.
    /// </summary>
    public const int BlockNumbersMax = 4 * 1024 * 1024;

    public const int ManifestBytesMax = 1024 * 1024;

    /// <summary>More sources than this in one packet: the agent seals what it has.</summary>
    public const int FrameSourcesMax = 4096;

    public const int NameBytesMax = 255;
    public const int PathBytesMax = 4096;
    public const int CursorBytesMax = 1024;
    public const int TagsMax = 32;
    public const int PrefixBytesMax = 4096;
    public const int DescriptorBytesMax = 16 * 1024;
    public const int CopiesMax = 3;

    /// <summary>Footer of a segment, uncompressed; a greater one is refused as damaged.</summary>
    public const int SegmentFooterBytesMax = 256 * 1024 * 1024;

    /// <summary>
    /// Events a sealed block holds: what repeats is stored once a block, so large ones are small (docs/performance.md); search
    /// unpacks parts of them only.
    /// </summary>
    public const int SegmentBlockEvents = BlockEventsMax;

    /// <summary>A block smaller than this, as it is in the file, has no filter: looking into it costs little, and a filter would be much of it.</summary>
    public const int FilterBlockBytesMin = 64 * 1024;

    /// <summary>Raw bytes at which a sealed block ends even with fewer events.</summary>
    public const int SegmentBlockRawBytes = 14 * 1024 * 1024;
}
