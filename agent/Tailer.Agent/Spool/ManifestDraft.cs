using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What the next manifest will say: the packets spooled since the last one, and what was found or skipped.</summary>
internal sealed class ManifestDraft
{
    /// <summary>
    /// Parts a manifest is cut into, so that none comes near <see cref="Limits.ManifestBytesMax"/>: 320 KB of packet ids, and half a MiB
    /// of sources.
    /// </summary>
    private const int PacketsPerPart = 20_000;
    private const int SourceBytesPerPart = 512 * 1024;

    /// <summary>An id, three varints, a length; a skip is two varints and a byte.</summary>
    private const int SourceFixedBytes = 56;
    private const int SkipBytes = 21;

    /// <summary>Dropped ranges of all sources together; above it a source keeps few.</summary>
    private const int DroppedMax = 64 * 1024;
    private const int DroppedFew = 16;

    private readonly List<PacketId> packets = [];
    private readonly SortedDictionary<SourceId, Entry> sources = [];
    private int dropped;

    public bool IsEmpty => packets.Count == 0 && sources.Count == 0;

    public void Add(PacketId id, FrameHeader header)
    {
        packets.Add(id);
        foreach (SourceRange range in header.Sources)
        {
            if (range.Descriptor is not { } descriptor)
                continue;
            Entry entry = EntryOf(descriptor);
            entry.From = entry.Events == 0 ? range.From : Math.Min(entry.From, range.From);
            entry.To = Math.Max(entry.To, range.To);
            entry.Events += range.Events;
        }
    }

    public void Note(SourceDescriptor descriptor) => EntryOf(descriptor);

    public void Note(SourceDescriptor descriptor, Skip skip)
    {
        List<Skip> skips = EntryOf(descriptor).Skips;
        if (!skips.Contains(skip))
            skips.Add(skip);
    }

    /// <summary>
    /// What a rule took out of the range that a packet has of the source; derived from packets. Every range is kept up to a number
    /// (<see cref="DroppedRanges"/>).
    /// </summary>
    public void NoteDropped(SourceDescriptor descriptor, ulong from, ulong to)
    {
        DroppedRanges ranges = EntryOf(descriptor).Dropped;
        int before = ranges.Count;
        ranges.Add(from, to, dropped < DroppedMax ? DroppedRanges.RangesMax : DroppedFew);
        dropped += ranges.Count - before;
    }

    /// <summary>What would be lost with the process: not derived from packets.</summary>
    public IReadOnlyList<ManifestSource> Noted() => [.. sources.Values.Where(e => e.Skips.Count > 0 || e.Events == 0).Select(e => e.ToSource() with { Skips = [.. e.Skips] })];

    /// <summary>As much of it as fits one manifest; nothing, when there is nothing to say.</summary>
    public (IReadOnlyList<PacketId> Packets, IReadOnlyList<ManifestSource> Sources) FirstPart()
    {
        var part = new List<ManifestSource>();
        int bytes = 0;
        foreach (ManifestSource source in sources.Values.Select(entry => entry.ToSource()))
        {
            bytes += SourceFixedBytes + source.Descriptor.BytesMax + (SkipBytes * source.Skips.Count);
            if (part.Count > 0 && bytes > SourceBytesPerPart)
                break;
            part.Add(source);
        }
        return ([.. packets.Take(PacketsPerPart)], part);
    }

    /// <summary>What a manifest says needs not be said again.</summary>
    public void Remove(IReadOnlyList<PacketId> said, IReadOnlyList<ManifestSource> saidSources)
    {
        if (said.Count >= packets.Count && said.Take(packets.Count).SequenceEqual(packets))
        {
            packets.Clear();
        }
        else
        {
            HashSet<PacketId> ids = [.. said];
            packets.RemoveAll(ids.Contains);
        }
        foreach (ManifestSource source in saidSources)
        {
            if (sources.Remove(source.Id, out Entry? entry))
                dropped -= entry.Dropped.Count;
        }
    }

    private Entry EntryOf(SourceDescriptor descriptor)
    {
        if (!sources.TryGetValue(descriptor.Id, out Entry? entry))
            sources.Add(descriptor.Id, entry = new Entry { Descriptor = descriptor });
        entry.Descriptor = SourceDescriptor.Better(entry.Descriptor, descriptor);
        return entry;
    }

    private sealed class Entry
    {
        public required SourceDescriptor Descriptor { get; set; }
        public ulong From { get; set; }
        public ulong To { get; set; }
        public int Events { get; set; }
        public List<Skip> Skips { get; } = [];
        public DroppedRanges Dropped { get; } = new();

        public ManifestSource ToSource() => new() { Descriptor = Descriptor, From = From, To = To, Events = Events, Skips = [.. Skips, .. Dropped.ToSkips()] };
    }
}
