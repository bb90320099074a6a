namespace Tailer.Blocks;

/// <summary>
/// From a set of packets, and the bytes earlier segments hold of the same sources, to the events of a segment: each byte once,
/// in order. A pure function of the set: neither the order of <see cref="Add"/> nor which copy of a packet was given matters.
/// Holds all packets decoded, about 160 bytes an event beside the raw bytes. Not thread-safe.
/// <para>Order of use: <see cref="Add"/> and <see cref="Describe"/>; where <see cref="OverlapWith"/> says so
/// <see cref="AddEarlier"/>; <see cref="Merge"/> once.</para>
/// </summary>
public sealed class EventMerge : IDisposable
{
    private readonly PieceBytes bytes = new();
    private readonly SortedSet<PacketId> packets = [];
    private readonly Dictionary<SourceId, SourceMerge> sources = [];

    /// <summary>The packets added, ascending.</summary>
    public IReadOnlyCollection<PacketId> Packets => packets;

    /// <summary>Sum of the added events' lengths.</summary>
    public long RawBytes { get; private set; }

    /// <summary>
    /// Adds a packet's events; a packet that was added before changes nothing. After an error nothing of it was added: the block
    /// cannot be read, and no copy of it can, as copies are identical bytes.
    /// </summary>
    public BlockError Add(Packet packet)
    {
        if (packets.Contains(packet.Id))
            return BlockError.None;
        var block = new DecodedBlock();
        BlockError error = packet.TryDecode(block);
        if (error == BlockError.None && !OffsetsFit(block))
            error = BlockError.DamagedColumns;
        if (error != BlockError.None)
        {
            block.Dispose();
            return error;
        }
        packets.Add(packet.Id);
        SourceMerge[] table = [.. packet.Header.Sources.Select(range => Of(range, packet.Header.Agent))];
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            table[e.Source].Add(new EventPiece(e.Offset, e.Bytes.Length, bytes.BlockCount, i, 0), (e.Flags & EventFlags.Altered) != 0);
            RawBytes += e.Bytes.Length;
        }
        block.KeepEventsOnly();
        bytes.Add(block);
        return BlockError.None;
    }

    /// <summary>A description of a source from elsewhere (manifests); ignored unless packets of the source were added.</summary>
    public void Describe(SourceDescriptor descriptor) => sources.GetValueOrDefault(descriptor.Id)?.Describe(descriptor);

    /// <summary>The ranges of added events that the coverage has too: their bytes there have to be compared.</summary>
    public CoverageMap OverlapWith(CoverageMap earlier)
    {
        var overlap = new CoverageMap();
        foreach (SourceMerge source in sources.Values)
        {
            if (earlier.Find(source.Id) is { } coverage)
                overlap.Add(source.Id, source.OverlapWith(coverage));
        }
        return overlap;
    }

    /// <summary>Bytes of an event that an earlier segment holds; they are copied.</summary>
    public void AddEarlier(SourceId source, ulong offset, ReadOnlySpan<byte> content)
    {
        if (sources.TryGetValue(source, out SourceMerge? merge) && content.Length > 0)
            merge.AddEarlier(bytes.AddEarlier(offset, content));
    }

    /// <summary>
    /// Dedupes and orders. Events whose time is in [<paramref name="from"/>, <paramref name="to"/>) are inside, the others strays,
    /// each ordered by itself.
    /// </summary>
    public MergeResult Merge(ulong from = 0, ulong to = ulong.MaxValue)
    {
        SourceMerge[] ascending = [.. sources.Values.OrderBy(source => source.Id)];
        var coverage = new CoverageMap();
        List<(SourceId, ByteRange)> conflicts = [];
        long repeated = 0;
        foreach (SourceMerge source in ascending)
        {
            source.Resolve(bytes);
            repeated += source.RepeatedBytes;
            conflicts.AddRange(source.Conflicts.Select(range => (source.Id, range)));
            foreach (EventPiece piece in source.Pieces)
                coverage.Add(source.Id, piece.Range);
        }
        return new MergeResult
        {
            Inside = MergedEvents.Order(bytes, ascending, time => time >= from && time < to),
            Strays = MergedEvents.Order(bytes, ascending, time => time < from || time >= to),
            Coverage = coverage,
            Conflicts = conflicts,
            RepeatedBytes = repeated,
        };
    }

    public void Dispose() => bytes.Dispose();

    private SourceMerge Of(SourceRange range, string agent)
    {
        if (sources.TryGetValue(range.Source, out SourceMerge? source))
            source.BroughtBy(agent);
        else
            sources.Add(range.Source, source = new SourceMerge(range.Source, agent));
        if (range.Descriptor is not null)
            source.Describe(range.Descriptor);
        return source;
    }

    private static bool OffsetsFit(DecodedBlock block)
    {
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            if (e.End < e.Offset)
                return false;
        }
        return true;
    }
}
