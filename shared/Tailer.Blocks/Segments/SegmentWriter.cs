using Tailer.Blocks.Native;
using Tailer.Disk;

namespace Tailer.Blocks;

/// <summary>
/// Writes a segment: events in the design's order, re-blocked, then the footer. The file is complete and synced when
/// <see cref="Finish"/> returns; until then no reader takes it for a segment, so a crash leaves only something to sweep.
/// </summary>
public sealed class SegmentWriter : IDisposable
{
    /// <summary>From this level on size counts more than time; then a small block gets the highest, which costs it a tenth of a second at most.</summary>
    private const int ThoroughLevel = 9;
    private const int SmallBlockRawBytes = 1024 * 1024;
    private const int SmallBlockLevel = 19;

    private readonly IDiskFile file;
    private readonly SegmentFooter plan;
    private readonly int level;
    private readonly int blockEvents;
    private readonly int filterBlockBytesMin;
    private readonly BlockBuilder block = new();
    private readonly ByteWriter encoded = new(1024 * 1024);
    private readonly CanonicalHash hash;
    private readonly List<SegmentBlock> blocks = [];
    private readonly FilterBuilder filterBuilder = new();
    private readonly List<BlockFilter> filters = [];
    private readonly List<uint> checksums = [];
    private readonly List<ByteRange>[] coverage;
    private readonly long[] events;
    private long position;
    private long rawBytes;
    private ulong timeMin = ulong.MaxValue;
    private ulong timeMax;

    /// <param name="file">An empty file; the writer does not own it.</param>
    /// <param name="plan">Environment, span, kind and sources with their descriptors (ascending by id); the rest is filled in.</param>
    /// <param name="level">zstd level of blocks and footer.</param>
    /// <param name="filterBlockBytesMin">Encoded blocks smaller than this have no filter.</param>
    /// <param name="blockEvents">Events after which a block ends; more make smaller files, fewer make single blocks quicker to read.</param>
    public SegmentWriter(IDiskFile file, SegmentFooter plan, int level, int blockEvents = Limits.SegmentBlockEvents, int filterBlockBytesMin = Limits.FilterBlockBytesMin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockEvents);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockEvents, Limits.BlockEventsMax);
        this.blockEvents = blockEvents;
        this.filterBlockBytesMin = filterBlockBytesMin;
        this.file = file;
        this.plan = plan;
        this.level = level;
        hash = new CanonicalHash(plan.Sources);
        coverage = new List<ByteRange>[plan.Sources.Count];
        for (int i = 0; i < coverage.Length; i++)
            coverage[i] = [];
        events = new long[plan.Sources.Count];
    }

    /// <summary>Adds an event; <see cref="Event.Source"/> is an index into the plan's sources.</summary>
    public void Add(scoped in Event e)
    {
        if (block.Count == blockEvents || block.RawBytes + e.Bytes.Length > Limits.SegmentBlockRawBytes || !block.HasRoomFor(e.Bytes.Length))
            FlushBlock();
        block.Add(e);
        hash.Add(e);
        Cover(e);
        rawBytes += e.Bytes.Length;
        timeMin = Math.Min(timeMin, e.Time);
        timeMax = Math.Max(timeMax, e.Time);
    }

    /// <summary>Writes the footer with everything <paramref name="final"/> adds to the plan, and syncs the file.</summary>
    public SegmentFooter Finish(Func<SegmentFooter, SegmentFooter> final)
    {
        WriteMagic();
        FlushBlock();
        SegmentFooter content = final(plan);
        bool isEmpty = blocks.Count == 0;
        SegmentFooter footer = content with
        {
            Events = events.Sum(),
            RawBytes = rawBytes,
            EventTimeMin = isEmpty ? plan.SpanStart : timeMin,
            EventTimeMax = isEmpty ? plan.SpanStart : timeMax,
            ContentHash = isEmpty ? CanonicalHash.OfRecords(content.Packets, content.Manifests) : hash.Finish(),
            Sources = [.. plan.Sources.Select((source, i) => source with { Events = events[i], Coverage = coverage[i] })],
            Blocks = blocks,
            Filters = filters.Exists(filter => !filter.IsNone) ? filters : [],
            BlockChecksums = checksums,
        };
        WriteFooter(footer);
        file.Sync();
        return footer;
    }

    public void Dispose()
    {
        block.Dispose();
        encoded.Dispose();
        filterBuilder.Dispose();
        hash.Dispose();
    }

    private void WriteFooter(SegmentFooter footer)
    {
        using var plain = new ByteWriter(4096);
        footer.WriteTo(plain);
        if (plain.Length > Limits.SegmentFooterBytesMax)
            throw new InvalidOperationException($"a footer of {plain.Length} bytes is over the limit; seal smaller spans");
        using var packed = new ByteWriter(4096);
        packed.Advance(Zstd.Compress(plain.Written, packed.GetSpan(Zstd.CompressBound(plain.Length)), level));
        var trailer = new SegmentTrailer(position, packed.Length, plain.Length, Crc32C.Compute(packed.Written));
        trailer.WriteTo(packed.GetSpan(SegmentTrailer.Bytes));
        packed.Advance(SegmentTrailer.Bytes);
        file.Write(packed.Written, position);
        position += packed.Length;
    }

    private void WriteMagic()
    {
        if (position > 0)
            return;
        file.Write(SegmentTrailer.FileMagic, 0);
        position = SegmentTrailer.FileMagic.Length;
    }

    private void FlushBlock()
    {
        if (block.Count == 0)
            return;
        WriteMagic();
        encoded.Reset();
        block.Encode(encoded, level >= ThoroughLevel && block.RawBytes < SmallBlockRawBytes ? SmallBlockLevel : level);
        file.Write(encoded.Written, position);
        filters.Add(encoded.Length < filterBlockBytesMin ? BlockFilter.None : filterBuilder.Build(encoded.WrittenMemory, plan.Sources.Count));
        checksums.Add(Crc32C.Compute(encoded.Written));
        blocks.Add(new SegmentBlock(position, encoded.Length, block.Count, block.RawBytes, block.TimeMin, block.TimeMax));
        position += encoded.Length;
        block.Reset();
    }

    private void Cover(scoped in Event e)
    {
        List<ByteRange> ranges = coverage[e.Source];
        events[e.Source]++;
        if (ranges.Count > 0 && e.Offset <= ranges[^1].To)
            ranges[^1] = ranges[^1] with { To = Math.Max(ranges[^1].To, e.End) };
        else
            ranges.Add(new ByteRange(e.Offset, e.End));
    }
}
