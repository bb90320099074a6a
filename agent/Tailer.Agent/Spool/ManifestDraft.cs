using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What the next manifest will say: the packets spooled since the last one, and what was found or skipped.</summary>
internal sealed class ManifestDraft
{
    /// <summary>Parts a manifest is cut into, so that none comes near <see cref="Limits.ManifestBytesMax"/> (paths of 4 KiB are rare).</summary>
    private const int SourcesPerPart = 1500;
    private const int PacketsPerPart = 20_000;

    private readonly List<PacketId> packets = [];
    private readonly SortedDictionary<SourceId, Entry> sources = [];

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

    public void Note(SourceDescriptor descriptor, Skip skip) => EntryOf(descriptor).Skips.Add(skip);

    /// <summary>What would be lost with the process: not derived from packets.</summary>
    public IReadOnlyList<ManifestSource> Noted() => [.. sources.Values.Where(e => e.Skips.Count > 0 || e.Events == 0).Select(e => e.ToSource())];

    /// <summary>Cuts the draft into parts that fit a manifest each; at least one, also when there is nothing to say.</summary>
    public IEnumerable<(IReadOnlyList<PacketId> Packets, IReadOnlyList<ManifestSource> Sources)> Parts()
    {
        ManifestSource[] all = [.. sources.Values.Select(entry => entry.ToSource())];
        int parts = Math.Max(1, Math.Max(Ceiling(packets.Count, PacketsPerPart), Ceiling(all.Length, SourcesPerPart)));
        for (int i = 0; i < parts; i++)
            yield return ([.. packets.Skip(i * PacketsPerPart).Take(PacketsPerPart)], [.. all.Skip(i * SourcesPerPart).Take(SourcesPerPart)]);
    }

    public void Clear()
    {
        packets.Clear();
        sources.Clear();
    }

    private static int Ceiling(int count, int per) => (count + per - 1) / per;

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

        public ManifestSource ToSource() => new() { Descriptor = Descriptor, From = From, To = To, Events = Events, Skips = [.. Skips] };
    }
}
