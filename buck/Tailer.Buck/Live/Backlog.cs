using System.Runtime.CompilerServices;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>
/// The last lines that match a query, from the bucket files as they were at a mark. Two passes: back from the newest packet
/// until enough lines are found, then forward from there, packet by packet, so that memory is that of one packet. Who asks for all since a
/// time is told what of it does not come.
/// </summary>
internal sealed class Backlog(BucketStore store, SourceCatalog catalog) : IDisposable
{
    public const int LinesMax = 10_000;

    /// <summary>A backlog looks at no more than this; a query that matches little gets fewer lines, soon, instead of all, late.</summary>
    private const long ScannedBytesMax = 256 * 1024 * 1024;

    /// <summary>Passes over the files at the same time; more viewers that join at once wait their turn.</summary>
    private const int ConcurrentMax = 2;

    private readonly SemaphoreSlim turns = new(ConcurrentMax);

    /// <summary>What does not come, where there is something; then encoded units, oldest packet first. Disposes the mark when it needs it no longer.</summary>
    public async IAsyncEnumerable<LiveItem> ReadAsync(StoreMark mark, LiveRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var view = new PacketView(catalog);
        using var buffer = new RecordBuffer();
        using var encoder = new EventEncoder();
        var missed = new MissedPackets();
        List<Found> found;
        using (mark)
        {
            await turns.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                found = FindNewest(mark, request, missed, view, buffer, cancellation);
            }
            finally
            {
                turns.Release();
            }
        }
        if (missed.TakeNotice() is { } notice)
            yield return new LiveItem(null, notice);
        for (int i = found.Count - 1; i >= 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Decode(found[i].Bucket, found[i].Place, view, buffer))
                yield return new LiveItem(Encode(view, [.. view.Match(request.Query).Skip(found[i].Skipped)], request.Format, encoder), null);
        }
    }

    public void Dispose() => turns.Dispose();

    private List<Found> FindNewest(
        StoreMark mark, LiveRequest request, MissedPackets missed, PacketView view, RecordBuffer buffer, CancellationToken cancellation)
    {
        var found = new List<Found>();
        bool isSince = request.Since > 0;
        int lines = Math.Min(request.BacklogLines, LinesMax);
        long scanned = 0;
        foreach ((BucketFile bucket, RecordPlace place) in NewestFirst(mark, request.Since, buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!isSince && (lines <= 0 || scanned > ScannedBytesMax))
                break;
            scanned += place.BodyBytes;
            if (scanned > ScannedBytesMax)
            {
                if (ReadHeader(bucket, place, buffer) is { } header && header.SealedTime >= request.Since)
                    missed.AddUnseen(header.Events);
                continue;
            }
            if (!Decode(bucket, place, view, buffer) || view.Header.SealedTime < request.Since)
                continue;
            int matched = view.Match(request.Query).Count;
            if (matched == 0)
                continue;
            // A packet that was missed is named, so it is missed whole; but one at least comes.
            if (isSince && matched > lines && found.Count > 0)
            {
                missed.Add(new BatchPacket(place.Id, matched, view.Header.Agent));
                lines = 0;
                continue;
            }
            found.Add(new Found(bucket, place, isSince ? 0 : Math.Max(0, matched - lines)));
            lines -= matched;
        }
        return found;
    }

    private static FrameHeader? ReadHeader(BucketFile bucket, RecordPlace place, RecordBuffer buffer)
    {
        using IDiskFile? file = place.Type == RecordType.Packet ? bucket.OpenRead() : null;
        return file is null ? null : buffer.ReadPacketHeader(file, place);
    }

    private IEnumerable<(BucketFile, RecordPlace)> NewestFirst(StoreMark mark, ulong since, RecordBuffer buffer)
    {
        foreach (IGrouping<BucketKey, BucketFile> bucket in store.Files().Union(mark.Ends.Keys).GroupBy(file => file.Key).OrderByDescending(files => files.Key))
        {
            List<(BucketFile, RecordPlace)[]> files = [.. bucket.Select(file => PlacesOf(file, mark))];
            foreach ((BucketFile, RecordPlace) record in files.Count == 1 ? files[0] : InOrder(files, buffer))
                yield return record;
            // A bucket is longer than nothing: the one in which "since" falls starts before it, and is the last to look at.
            if (bucket.Key.Start < since)
                yield break;
        }
    }

    /// <summary>The newest first. What was appended after the mark comes live, also to a bucket that was opened since.</summary>
    private static (BucketFile, RecordPlace)[] PlacesOf(BucketFile file, StoreMark mark)
    {
        if (mark.Of(file) is var (bucket, records))
            return Newest(file, bucket, records);
        using IDiskFile? opened = file.OpenRead();
        List<RecordPlace> places = opened is null ? [] : BucketWalk.Places(opened, out _);
        // Its first append comes after it was opened; had that happened in between, something of what was seen may have come later.
        return mark.Of(file) is var (since, before) ? Newest(file, since, before) : [.. places.AsEnumerable().Reverse().Select(place => (file, place))];
    }

    private static (BucketFile, RecordPlace)[] Newest(BucketFile file, OpenBucket bucket, int records) =>
        [.. Enumerable.Range(0, records).Reverse().Select(i => (file, bucket.Record(i)))];

    /// <summary>
    /// The packets of a bucket that is on several disks, as they were sealed, the newest first: so that the last lines are the last, and a source's
    /// packets keep their order. Headers are read as they are needed.
    /// </summary>
    private static IEnumerable<(BucketFile, RecordPlace)> InOrder(List<(BucketFile File, RecordPlace Place)[]> files, RecordBuffer buffer)
    {
        var order = new PriorityQueue<(int File, int Record), (ulong, ulong)>(Comparer<(ulong, ulong)>.Create(static (a, b) => b.CompareTo(a)));
        for (int i = 0; i < files.Count; i++)
            Enqueue(i, 0);
        while (order.TryDequeue(out (int File, int Record) at, out _))
        {
            yield return files[at.File][at.Record];
            Enqueue(at.File, at.Record + 1);
        }

        void Enqueue(int file, int record)
        {
            for (; record < files[file].Length; record++)
            {
                (BucketFile bucket, RecordPlace place) = files[file][record];
                if (ReadHeader(bucket, place, buffer) is not { } header)
                    continue;
                order.Enqueue((file, record), (header.SealedTime, header.Number));
                return;
            }
        }
    }

    private bool Decode(BucketFile bucket, RecordPlace place, PacketView view, RecordBuffer buffer)
    {
        using IDiskFile? file = bucket.OpenRead();
        if (file is null || buffer.ReadPacket(file, place) is not { } header)
            return false;
        catalog.Learn(header);
        return view.TryDecode(place.Id, header, buffer.Body.Span) == BlockError.None;
    }

    private static LiveUnit Encode(PacketView view, int[] matches, LiveFormat format, EventEncoder encoder)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        using var events = new ByteWriter(4096);
        using var part = new ByteWriter(4096);
        foreach (int[] chunk in matches.Chunk(LiveBatch.EventsMax))
        {
            events.Reset();
            part.Reset();
            for (int i = 0; i < chunk.Length; i++)
            {
                if (format == LiveFormat.Hub && i > 0)
                    events.Raw(","u8);
                encoder.Write(format, view, chunk[i], events);
            }
            if (format == LiveFormat.Hub)
                encoder.WriteBatch(events.Written, [new BatchPacket(view.Id, chunk.Length, view.Header.Agent)], notice: null, live: false, part);
            parts.Add((format == LiveFormat.Hub ? part : events).Written.ToArray());
        }
        return new LiveUnit(parts, [new BatchPacket(view.Id, matches.Length, view.Header.Agent)]);
    }

    /// <summary>A packet with matching lines, of which the first are not wanted.</summary>
    private readonly record struct Found(BucketFile Bucket, RecordPlace Place, int Skipped);
}
