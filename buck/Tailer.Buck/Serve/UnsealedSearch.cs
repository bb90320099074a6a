using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// Searches the bucket files themselves: what no porter has indexed yet. Two passes, so that memory is bounded by the limit and
/// not by what matches: the first decodes and keeps where the newest (or oldest) matches are, the second reads those packets
/// again and sends frames with just these events (docs/formats/http.md, 4.5).
/// </summary>
internal sealed class UnsealedSearch(BucketStore store, SourceCatalog catalog) : IDisposable
{
    /// <summary>More than this is no search but a copy: 100,000 places of 64 bytes.</summary>
    public const int EventsMax = 100_000;

    /// <summary>Searches that decode at the same time; more wait their turn, so that ingest keeps its share of the machine.</summary>
    private const int ConcurrentMax = 2;

    private readonly SemaphoreSlim turns = new(ConcurrentMax);

    public async ValueTask RunAsync(Search asked, Query query, BatchSender batches)
    {
        await turns.WaitAsync(batches.Cancelled).ConfigureAwait(false);
        try
        {
            using var view = new PacketView(catalog);
            using var buffer = new RecordBuffer();
            var hits = new HitList(Math.Min(asked.Limit, EventsMax), asked.NewestFirst);
            var scan = new SearchScan(store, catalog, asked, view, buffer);
            scan.Collect(query, hits, batches.Cancelled);
            await SendAsync(scan, hits, view, batches).ConfigureAwait(false);
            await batches.EndAsync(new End(hits.Count, scan.Events, scan.Bytes, hits.Truncated)).ConfigureAwait(false);
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();

    private async ValueTask SendAsync(SearchScan scan, HitList hits, PacketView view, BatchSender batches)
    {
        using var builder = new PacketBuilder();
        var batch = new List<ReadOnlyMemory<byte>>();
        int bytes = 0;
        foreach (IGrouping<int, Hit> packet in hits.InFileOrder())
        {
            if (!scan.TryDecode(packet.Key))
                continue;
            foreach (ReadOnlyMemory<byte> frame in Frames(builder, view, packet))
            {
                if (batch.Count > 0 && (bytes + frame.Length > WireLimits.BatchBytes || batch.Count == WireLimits.FramesMax))
                {
                    await batches.SendAsync(new SearchResult(batch)).ConfigureAwait(false);
                    batch.Clear();
                    bytes = 0;
                }
                batch.Add(frame);
                bytes += frame.Length;
            }
        }
        if (batch.Count > 0)
            await batches.SendAsync(new SearchResult(batch)).ConfigureAwait(false);
    }

    /// <summary>
    /// One frame as a rule; more where the descriptors this buck adds would make it too large, or where a sender broke the rule
    /// that a source's events are in offset order.
    /// </summary>
    private IEnumerable<ReadOnlyMemory<byte>> Frames(PacketBuilder builder, PacketView view, IEnumerable<Hit> hits)
    {
        FrameHeader header = view.Header;
        var stamp = new PacketStamp
        {
            Agent = header.Agent,
            Epoch = header.Epoch,
            Number = header.Number,
            SealedTime = header.SealedTime,
            BucketSeconds = header.BucketSeconds,
            ParserVersion = header.ParserVersion,
            Copies = header.Copies,
        };
        builder.Reset();
        var ends = new Dictionary<SourceId, ulong>();
        foreach (Hit hit in hits)
        {
            if (builder.IsFull(Limits.PacketRawBytesTarget) || hit.Offset < ends.GetValueOrDefault(hit.Source))
            {
                yield return builder.Seal(stamp).Frame;
                ends.Clear();
            }
            Add(builder, view, hit.Index);
            ends[hit.Source] = view[hit.Index].End;
        }
        if (!builder.IsEmpty)
            yield return builder.Seal(stamp).Frame;
    }

    private void Add(PacketBuilder builder, PacketView view, int index)
    {
        Event e = view[index];
        SourceId source = view.Source(index);
        SourceDescriptor? descriptor = view.Header.Sources[e.Source].Descriptor ?? catalog.Find(source);
        builder.Add(e with { Source = builder.Source(source, descriptor) });
    }
}
