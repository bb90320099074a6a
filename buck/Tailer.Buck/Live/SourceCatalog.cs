using System.Collections.Concurrent;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// What is known of sources, learned from the frames and manifests that pass. A source is described in its first packet of
/// each bucket, so what is forgotten here is learned again within one. Two generations: when the newer is full it becomes
/// the older, and the older is forgotten; what is asked for moves up. Thread-safe.
/// </summary>
internal sealed class SourceCatalog
{
    /// <summary>Two generations of 32,768 descriptors of some 500 bytes are 32 MB. More sources than that: paths of quiet ones are missing.</summary>
    private const int GenerationMax = 32_768;

    private readonly Lock gate = new();
    private volatile ConcurrentDictionary<SourceId, SourceDescriptor> newer = new();
    private volatile ConcurrentDictionary<SourceId, SourceDescriptor> older = new();

    public void Learn(FrameHeader header)
    {
        foreach (SourceRange range in header.Sources)
        {
            if (range.Descriptor is { } descriptor)
                Learn(descriptor);
        }
    }

    public void Learn(SourceDescriptor descriptor)
    {
        // Path and host of a source never change: the first descriptor is as good as the next.
        if (newer.ContainsKey(descriptor.Id))
            return;
        if (newer.Count >= GenerationMax)
            Age();
        newer[descriptor.Id] = descriptor;
    }

    public SourceDescriptor? Find(SourceId id)
    {
        if (newer.TryGetValue(id, out SourceDescriptor? found))
            return found;
        if (older.TryGetValue(id, out found))
            newer.TryAdd(id, found);
        return found;
    }

    private void Age()
    {
        lock (gate)
        {
            if (newer.Count < GenerationMax)
                return;
            older = newer;
            newer = new ConcurrentDictionary<SourceId, SourceDescriptor>();
        }
    }
}
