using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>All viewers with the same query: a packet is matched once for them. Used by the feed's thread only.</summary>
internal sealed class LiveGroup(Query query, EventEncoder encoder) : IDisposable
{
    private readonly LiveBatch?[] batches = new LiveBatch?[Enum.GetValues<LiveFormat>().Length];

    public bool HasViewers => batches.Any(batch => batch is { HasViewers: true });

    public IEnumerable<LiveBatch> Batches => batches.OfType<LiveBatch>();

    /// <summary>From here on the viewer gets what is taken; what was taken before leaves first, without it.</summary>
    public void Add(Viewer viewer, long now)
    {
        LiveBatch batch = batches[(int)viewer.Format] ??= new LiveBatch(viewer.Format, encoder);
        batch.Flush(now);
        batch.Add(viewer);
    }

    public void Take(PacketView packet, bool late, long now)
    {
        IReadOnlyList<int> matches = packet.Match(query);
        if (matches.Count == 0)
            return;
        foreach (LiveBatch? batch in batches)
        {
            if (batch is { HasViewers: true })
                batch.Take(packet, matches, late, now);
        }
    }

    public void Sweep()
    {
        foreach (LiveBatch batch in Batches)
            batch.Sweep();
    }

    public void Dispose()
    {
        foreach (LiveBatch batch in Batches)
            batch.Dispose();
    }
}
