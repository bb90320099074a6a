using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>
/// "Load what I missed": lines of packets by id. Only open buckets are looked into, whose ids are in memory; what is older a page
/// finds by searching.
/// </summary>
internal sealed class PacketLoader(BucketStore store, SourceCatalog catalog)
{
    public const int PacketsMax = 64;

    public LoadAnswer Load(IReadOnlyList<string> packetIds, Query query)
    {
        using var view = new PacketView(catalog);
        using var buffer = new RecordBuffer();
        using var encoder = new EventEncoder();
        var events = new List<HubBatch>();
        var missing = new List<string>();
        foreach (string text in packetIds)
        {
            if (PacketId.TryParse(text, out PacketId id) && TryDecode(id, view, buffer))
                Encode(view, query, encoder, events);
            else
                missing.Add(text);
        }
        return new LoadAnswer(events, missing);
    }

    private static void Encode(PacketView view, Query query, EventEncoder encoder, List<HubBatch> events)
    {
        using var json = new ByteWriter();
        foreach (int i in view.Match(query))
        {
            json.Reset();
            encoder.Write(LiveFormat.Hub, view, i, json);
            events.Add(new HubBatch(json.Written.ToArray()));
        }
    }

    private bool TryDecode(PacketId id, PacketView view, RecordBuffer buffer)
    {
        foreach (OpenBucket bucket in store.Open())
        {
            if (bucket.Find(id) is not { } place)
                continue;
            using IDiskFile? file = bucket.File.OpenRead();
            return file is not null && buffer.ReadPacket(file, place) is { } header
                && view.TryDecode(id, header, buffer.Body.Span) == BlockError.None;
        }
        return false;
    }
}
