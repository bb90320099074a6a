namespace Tailer.Blocks;

/// <summary>Everything a segment says of itself. Byte table: docs/formats/segment.md; keep both in step.</summary>
public sealed record SegmentFooter
{
    public required string Environment { get; init; }
    public required ulong SpanStart { get; init; }
    public required ulong SpanWidth { get; init; }
    public required SegmentKind Kind { get; init; }

    /// <summary>Every known agent's manifests were satisfied when this was sealed.</summary>
    public bool Complete { get; init; }
    public long Events { get; init; }
    public long RawBytes { get; init; }
    public ulong EventTimeMin { get; init; }
    public ulong EventTimeMax { get; init; }
    public ContentHash ContentHash { get; init; }

    /// <summary>Ranges for which different bytes came; all are kept.</summary>
    public long Conflicts { get; init; }

    /// <summary>Ascending by id; a block's source indexes point into it.</summary>
    public required IReadOnlyList<SegmentSource> Sources { get; init; }
    public IReadOnlyList<SegmentBlock> Blocks { get; init; } = [];

    /// <summary>What each block's lines may contain; empty in segments that were written without.</summary>
    public IReadOnlyList<BlockFilter> Filters { get; init; } = [];

    /// <summary>CRC-32C of each block as it is in the file; empty in segments that were written without.</summary>
    public IReadOnlyList<uint> BlockChecksums { get; init; } = [];

    /// <summary>The packets merged, ascending.</summary>
    public IReadOnlyList<PacketId> Packets { get; init; } = [];

    /// <summary>Manifests as they came, ascending by id.</summary>
    public IReadOnlyList<byte[]> Manifests { get; init; } = [];
    public IReadOnlyList<SegmentGap> Gaps { get; init; } = [];
    public IReadOnlyList<SilentAgent> Silent { get; init; } = [];

    public void WriteTo(ByteWriter to)
    {
        using var section = new ByteWriter(4096);
        WriteSummary(section);
        Flush(to, section, SegmentSection.Summary);
        WriteSources(section);
        Flush(to, section, SegmentSection.Sources);
        WriteBlocks(section);
        Flush(to, section, SegmentSection.Blocks);
        section.Varint((ulong)Packets.Count);
        foreach (PacketId id in Packets)
            section.Id(id);
        Flush(to, section, SegmentSection.Packets);
        section.Varint((ulong)Manifests.Count);
        foreach (byte[] manifest in Manifests)
            section.LengthPrefixed(manifest);
        Flush(to, section, SegmentSection.Manifests);
        WriteGaps(section);
        Flush(to, section, SegmentSection.Gaps);
        section.Varint((ulong)Silent.Count);
        foreach (SilentAgent silent in Silent)
        {
            section.Text(silent.Agent);
            section.U64(silent.Since);
        }
        Flush(to, section, SegmentSection.Silent);
        WriteBlockFacts(to, section);
    }

    /// <summary>Sections that came later, and only where they say something: what was written without them stays as it was.</summary>
    private void WriteBlockFacts(ByteWriter to, ByteWriter section)
    {
        if (Filters.Any(filter => !filter.IsNone))
        {
            section.Varint((ulong)Filters.Count);
            foreach (BlockFilter filter in Filters)
                filter.WriteTo(section);
            Flush(to, section, SegmentSection.Filters);
        }
        if (BlockChecksums.Count == 0)
            return;
        section.Varint((ulong)BlockChecksums.Count);
        foreach (uint checksum in BlockChecksums)
            section.U32(checksum);
        Flush(to, section, SegmentSection.Checksums);
    }

    private static void Flush(ByteWriter to, ByteWriter section, SegmentSection tag)
    {
        to.Varint((ulong)tag);
        to.LengthPrefixed(section.Written);
        section.Reset();
    }

    private void WriteSummary(ByteWriter w)
    {
        w.Text(Environment);
        w.U64(SpanStart);
        w.U64(SpanWidth);
        w.U8((byte)Kind);
        w.U8(Complete ? (byte)1 : (byte)0);
        w.Varint((ulong)Events);
        w.Varint((ulong)RawBytes);
        w.U64(EventTimeMin);
        w.U64(EventTimeMax);
        ContentHash.WriteTo(w.GetSpan(ContentHash.Bytes));
        w.Advance(ContentHash.Bytes);
        w.Varint((ulong)Conflicts);
    }

    private void WriteSources(ByteWriter w)
    {
        w.Varint((ulong)Sources.Count);
        foreach (SegmentSource source in Sources)
        {
            w.Id(source.Descriptor.Id);
            w.Varint((ulong)source.Events);
            w.LengthPrefixed(source.Descriptor.ToArray());
            w.Varint((ulong)source.Coverage.Count);
            ulong end = 0;
            foreach (ByteRange range in source.Coverage)
            {
                w.Varint(range.From - end);
                w.Varint(range.Length);
                end = range.To;
            }
        }
    }

    private void WriteBlocks(ByteWriter w)
    {
        w.Varint((ulong)Blocks.Count);
        foreach (SegmentBlock block in Blocks)
        {
            w.Varint((ulong)block.Offset);
            w.Varint((ulong)block.Bytes);
            w.Varint((ulong)block.Events);
            w.Varint((ulong)block.RawBytes);
            w.U64(block.EventTimeMin);
            w.U64(block.EventTimeMax);
        }
    }

    private void WriteGaps(ByteWriter w)
    {
        w.Varint((ulong)Gaps.Count);
        foreach (SegmentGap gap in Gaps)
        {
            w.Id(gap.Source);
            w.Varint(gap.From);
            w.Varint(gap.To - gap.From);
            w.U8((byte)gap.Reason);
        }
    }
}
