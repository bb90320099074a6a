using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>
/// One pass over all closed buckets in which something is unread, oldest first: learn what agents say, index what is new, move
/// the watermark. What it has read is remembered in memory only; after a start it lists everything again, and footers tell
/// what is indexed already.
/// </summary>
internal sealed class RecentRound(
    PorterOptions options,
    PacketMerge packets,
    ManifestBodies manifests,
    AgentBook agents,
    PorterProgress progress,
    PorterMetrics metrics,
    TimeProvider clock,
    ILogger<RecentRound> logger)
{
    /// <summary>Memory for what is merged at once: small, as recent runs beside everything else.</summary>
    private const long PartBytesMax = 64 * 1024 * 1024;

    /// <summary>
    /// Rounds in which a packet of which every copy fails holds up the watermark: a buck that restarts is back by then, and a
    /// packet damaged everywhere is not going to get better by waiting.
    /// </summary>
    private const int ReadAttemptsMax = 5;

    private readonly Dictionary<PacketId, int> failedReads = [];
    private readonly TaskCompletionSource surveyed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when all agents' manifests at the bucks have been read once since the start.</summary>
    public Task Surveyed => surveyed.Task;

    /// <summary>
    /// Runs the pass. Throws what the index throws, after the manifests of all buckets have been read nevertheless; what was not
    /// indexed then is indexed the next time.
    /// </summary>
    /// <param name="shelf">Null when the index cannot be written: only manifests are read.</param>
    public async Task RunAsync(FleetListing listing, RecentShelf? shelf, CancellationToken stopping)
    {
        if (listing.Reachable.Count == 0)
            return;
        ulong now = LogTime.Now(clock);
        ulong width = options.BucketWidth;
        // A bucket is read one bucket time after it closes.
        ulong until = LogTime.Floor(now - Math.Min(now, width), width);
        ulong expired = now - Math.Min(now, LogTime.FromTimeSpan(options.RecentRetention));
        IOException? failure = null;
        foreach (IGrouping<ulong, HeldFile> files in listing.Files.Where(file => file.End <= until && !progress.IsIndexed(file)).GroupBy(file => file.Start))
        {
            Holdings held = await Holdings.ListAsync(files, progress.IndexedUpTo, stopping).ConfigureAwait(false);
            await LearnAgentsAsync(held, stopping).ConfigureAwait(false);
            if (shelf is null || failure is not null)
                continue;
            try
            {
                bool isRead = files.Key + width <= expired || await IndexAsync(files.Key, held, shelf, stopping).ConfigureAwait(false);
                foreach (FileHoldings file in isRead ? held.Files : [])
                    progress.Indexed(file.File, Math.Max(file.Next, 0));
                // What a buck has and we could not read comes before the watermark moves past it.
                if (!isRead || held.Files.Count < files.Count())
                    until = Math.Min(until, files.Key);
            }
            catch (IOException e)
            {
                failure = e;
            }
        }
        surveyed.TrySetResult();
        progress.KeepOnly(listing);
        if (failure is not null)
            throw failure;
        shelf?.MoveWatermark(until);
        shelf?.Expire(expired);
    }

    private async Task LearnAgentsAsync(Holdings held, CancellationToken stopping)
    {
        foreach (HeldRecord packet in held.Packets.Values)
            agents.Add(packet);
        foreach (HeldManifest manifest in await manifests.ReadAsync([.. held.Manifests.Values], stopping).ConfigureAwait(false))
            agents.Add(manifest.Content);
    }

    /// <summary>False when some packets could not be read and are to be tried again.</summary>
    private async Task<bool> IndexAsync(ulong bucket, Holdings held, RecentShelf shelf, CancellationToken stopping)
    {
        HashSet<PacketId> indexed = [.. shelf.Find(bucket, bucket + options.BucketWidth).SelectMany(segment => segment.Footer.Packets)];
        HeldRecord[] fresh = [.. held.Packets.Values.Where(packet => !indexed.Contains(packet.Id) && !packets.IsUnreadable(packet.Id))];
        if (fresh.Length == 0)
            return true;
        bool isRead = true;
        foreach (IReadOnlyList<HeldRecord> part in MergePart.Cut(fresh, PartBytesMax))
        {
            isRead &= MayGoOnWithout(await IndexPartAsync(bucket, part, shelf, stopping).ConfigureAwait(false), bucket);
            MergePart.LetGoOf(part);
        }
        return isRead;
    }

    private bool MayGoOnWithout(IReadOnlyList<HeldRecord> unread, ulong bucket)
    {
        if (unread.Count == 0)
            return true;
        PorterLog.NoGoodCopy(logger, unread.Count, LogTime.Format(bucket));
        int attempts = 0;
        foreach (HeldRecord packet in unread)
            attempts = failedReads[packet.Id] = failedReads.GetValueOrDefault(packet.Id) + 1;
        if (attempts < ReadAttemptsMax)
            return false;
        foreach (HeldRecord packet in unread)
            failedReads.Remove(packet.Id);
        return true;
    }

    /// <summary>Returns the packets of which no copy could be read.</summary>
    private async Task<IReadOnlyList<HeldRecord>> IndexPartAsync(ulong bucket, IReadOnlyList<HeldRecord> part, RecentShelf shelf, CancellationToken stopping)
    {
        using var merge = new EventMerge();
        IReadOnlyList<HeldRecord> unread = await packets.AddAsync(merge, part, stopping).ConfigureAwait(false);
        if (merge.Packets.Count == 0)
            return unread;
        await new EarlierSegments(shelf).AddToAsync(merge, shelf.Find(bucket, bucket + options.BucketWidth), EarlierSegments.MayRepeat(part), stopping).ConfigureAwait(false);
        MergeResult result = merge.Merge();
        var plan = new SegmentFooter
        {
            Environment = options.Environment,
            SpanStart = bucket,
            SpanWidth = options.BucketWidth,
            Kind = SegmentKind.Recent,
            Sources = [],
            Packets = [.. merge.Packets],
            Conflicts = result.Conflicts.Count,
        };
        shelf.Add(plan, result.Inside, shelf.Watermark);
        metrics.RecentSegments.Add(1);
        metrics.RecentEvents.Add(result.Inside.Count);
        PorterLog.Indexed(logger, LogTime.Format(bucket), merge.Packets.Count, result.Inside.Count);
        return unread;
    }
}
