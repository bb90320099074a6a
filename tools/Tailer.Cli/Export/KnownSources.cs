using Tailer.Blocks;
using Tailer.Cli.Reach;

namespace Tailer.Cli.Export;

/// <summary>Every source that any place describes, with the best description of it, how far it reaches by its agent's word,
/// and which of its ranges the agent said it will never send.</summary>
internal sealed class KnownSources
{
    private readonly Dictionary<SourceId, SourceDescriptor> descriptors = [];
    private readonly Dictionary<SourceId, ulong> ends = [];
    private readonly Dictionary<SourceId, HashSet<Skip>> skips = [];

    public KnownSources(ArchiveSegments archive, BuckInventory bucks)
    {
        foreach (SegmentFooter footer in archive.Footers.Values)
        {
            foreach (SegmentSource source in footer.Sources)
                Describe(source.Descriptor);
            foreach (byte[] manifest in footer.Manifests)
                Claim(Manifest.TryRead(manifest));
        }

        foreach (SourceRange range in bucks.Packets.SelectMany(p => p.Header.Sources))
        {
            if (range.Descriptor is { } descriptor)
                Describe(descriptor);
        }

        foreach (Manifest manifest in bucks.Manifests)
            Claim(manifest);
    }

    public IEnumerable<SourceDescriptor> All => descriptors.Values;

    /// <summary>Offset after the last byte that the agent claims, or that <paramref name="held"/> shows.</summary>
    public ulong EndOf(SourceId source, Coverage held)
    {
        ulong end = Math.Max(ends.GetValueOrDefault(source), descriptors[source].FinalLength ?? 0);
        return held.IsEmpty ? end : Math.Max(end, held[^1].To);
    }

    public IReadOnlyCollection<Skip> SkipsOf(SourceId source) => skips.GetValueOrDefault(source) ?? [];

    private void Claim(Manifest? manifest)
    {
        foreach (ManifestSource source in manifest?.Sources ?? [])
        {
            Describe(source.Descriptor);
            ends[source.Id] = Math.Max(ends.GetValueOrDefault(source.Id), source.To);
            foreach (Skip skip in source.Skips)
            {
                ends[source.Id] = Math.Max(ends[source.Id], skip.To);
                if (!skips.TryGetValue(source.Id, out HashSet<Skip>? known))
                    skips.Add(source.Id, known = []);
                known.Add(skip);
            }
        }
    }

    private void Describe(SourceDescriptor descriptor) =>
        descriptors[descriptor.Id] = descriptors.TryGetValue(descriptor.Id, out SourceDescriptor? known) ? SourceDescriptor.Better(known, descriptor) : descriptor;
}
