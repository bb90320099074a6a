using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>
/// What bucks and porter would make of the packets: each packet once, of each source each byte once. Bytes of a source that were
/// sent before must be the same bytes; where they need not be (a forgotten truncation), they are kept apart as variants.
/// </summary>
internal sealed class ModelCollector : IDisposable
{
    private readonly HashSet<PacketId> packets = [];
    private readonly HashSet<PacketId> manifests = [];
    private readonly Dictionary<SourceId, List<Variant>> sources = [];
    private readonly DecodedBlock block = new();

    public IEnumerable<Variant> Variants => sources.Values.SelectMany(v => v);

    public Dictionary<SourceId, List<Skip>> Skips { get; } = [];

    /// <summary>Files that were created and gone before they could be opened, by their path.</summary>
    public Dictionary<string, int> Unseen { get; } = new(StringComparer.Ordinal);

    public void Dispose() => block.Dispose();

    public void Add(AgentRig rig, bool mayConflict)
    {
        // The power may have gone while one was written.
        foreach (Packet? packet in rig.Packets())
        {
            if (packet is not null && packets.Add(packet.Id))
                Add(packet, mayConflict);
        }
        foreach (Manifest? manifest in rig.Manifests())
        {
            if (manifest is not null && manifests.Add(Packet.IdOf(manifest.ToArray())))
                Add(manifest);
        }
    }

    private void Add(Packet packet, bool mayConflict)
    {
        Assert.Equal(BlockError.None, packet.TryDecode(block));
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            SourceRange range = packet.Header.Sources[e.Source];
            if (!sources.TryGetValue(range.Source, out List<Variant>? variants))
                sources.Add(range.Source, variants = []);
            Variant? taken = null;
            foreach (Variant variant in variants)
            {
                if (taken is null && variant.TryAdd(e))
                    taken = variant;
            }
            // What follows continues this one, also where it would fit another one by chance.
            if (taken is not null && variants[0] != taken)
            {
                variants.Remove(taken);
                variants.Insert(0, taken);
            }
            if (taken is null)
            {
                if (variants.Count > 0 && !mayConflict)
                    throw new InvalidOperationException($"{range.Source} from {e.Offset}: neither what was sent before nor what follows its {variants[0].Length} bytes: '{System.Text.Encoding.Latin1.GetString(e.Bytes[..Math.Min(40, e.Bytes.Length)])}'");
                taken = new Variant(range.Source);
                // What was before it in the spool went with the power: both are read again.
                if (!taken.TryAdd(e) && mayConflict)
                    continue;
                variants.Insert(0, taken);
                if (taken.Length == 0)
                    throw new InvalidOperationException($"{range.Source} begins at {e.Offset}");
            }
            if (range.Descriptor is { } descriptor)
                Describe(descriptor);
        }
    }

    private void Add(Manifest manifest)
    {
        foreach (ManifestSource source in manifest.Sources)
        {
            bool isNew = !Skips.TryGetValue(source.Descriptor.Id, out List<Skip>? skips);
            if (isNew && source.Skips.Contains(Skip.Unseen))
                Unseen[source.Descriptor.Path] = Unseen.GetValueOrDefault(source.Descriptor.Path) + 1;
            if (isNew)
                Skips.Add(source.Descriptor.Id, skips = []);
            skips!.AddRange(source.Skips);
            Describe(source.Descriptor);
        }
    }

    /// <summary>A packet need not describe its sources; another one, or a manifest, does.</summary>
    private void Describe(SourceDescriptor descriptor)
    {
        foreach (Variant variant in sources.GetValueOrDefault(descriptor.Id) ?? [])
            variant.Descriptor = variant.Descriptor is { } known ? SourceDescriptor.Better(known, descriptor) : descriptor;
    }

    /// <summary>The bytes of a source from its beginning on.</summary>
    public sealed class Variant(SourceId id)
    {
        private readonly ByteList bytes = new();

        public SourceId Id => id;

        public SourceDescriptor? Descriptor { get; set; }

        public int Length => bytes.Length;

        public ReadOnlySpan<byte> Bytes => bytes.Bytes;

        /// <summary>False when it would leave a hole or contradict what is here.</summary>
        public bool TryAdd(Event e)
        {
            if (e.Offset > (ulong)Length)
                return false;
            ReadOnlySpan<byte> known = Bytes[(int)e.Offset..];
            int same = Math.Min(known.Length, e.Bytes.Length);
            if (!known[..same].SequenceEqual(e.Bytes[..same]))
                return false;
            bytes.Append(e.Bytes[same..]);
            return true;
        }
    }
}
