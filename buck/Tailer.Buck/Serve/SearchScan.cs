using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>One search's way through the bucket files. Not thread-safe; the view holds the packet decoded last.</summary>
internal sealed class SearchScan(BucketStore store, SourceCatalog catalog, Search asked, PacketView view, RecordBuffer buffer)
{
    private readonly List<(BucketFile Bucket, RecordPlace Place)> packets = [];

    /// <summary>Events looked at.</summary>
    public long Events { get; private set; }

    /// <summary>Stored bytes looked at.</summary>
    public long Bytes { get; private set; }

    public void Collect(Query query, HitList hits, CancellationToken cancellation)
    {
        IEnumerable<BucketFile> buckets = store.Files().Where(file => file.Key.Start >= asked.BucketFrom && file.Key.Start < asked.BucketTo);
        foreach (BucketFile key in asked.NewestFirst ? buckets.Reverse() : buckets)
        {
            using IDiskFile? file = key.OpenRead();
            if (file is null)
                continue;
            foreach (RecordPlace place in store.Facts(key)?.Records ?? [])
            {
                cancellation.ThrowIfCancellationRequested();
                if (place.Type == RecordType.Packet)
                    Collect(query, hits, file, key, place);
            }
        }
    }

    /// <summary>Decodes a packet of which there are hits again; false when it was pruned in between.</summary>
    public bool TryDecode(int packet)
    {
        (BucketFile bucket, RecordPlace place) = packets[packet];
        using IDiskFile? file = bucket.OpenRead();
        return file is not null && buffer.ReadPacket(file, place) is { } header
            && view.TryDecode(place.Id, header, buffer.Body.Span) == BlockError.None;
    }

    private void Collect(Query query, HitList hits, IDiskFile file, BucketFile key, RecordPlace place)
    {
        if (buffer.ReadPacket(file, place) is not { } header)
            return;
        Bytes += place.BodyBytes;
        catalog.Learn(header);
        if (header.EventTimeMax < asked.EventFrom || header.EventTimeMin >= asked.EventTo || !hits.Wants(header.EventTimeMin, header.EventTimeMax))
            return;
        if (view.TryDecode(place.Id, header, buffer.Body.Span) != BlockError.None)
        {
            BuckMetrics.UndecodablePackets.Add(1);
            return;
        }
        Events += view.Count;
        IReadOnlyList<int> matches = view.Match(query, asked.EventFrom, asked.EventTo);
        if (matches.Count == 0)
            return;
        int number = packets.Count;
        packets.Add((key, place));
        foreach (int i in matches)
            hits.Add(new Hit(view.Time(i), view.Source(i), view[i].Offset, number, i));
    }
}
