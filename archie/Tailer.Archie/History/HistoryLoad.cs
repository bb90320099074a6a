using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Stores;
using Tailer.Wire;

namespace Tailer.Archie;

/// <summary>
/// Loads one history: copies the archive's segments in which something matches, and makes segments of what the archive does not
/// cover yet from the bucks. What is there already from a load that was cut short is kept.
/// </summary>
internal sealed class HistoryLoad(HistoryJob job, ServedEnvironment environment, HistoryFiles files, HistoryJobs jobs)
{
    private const int SegmentLevel = 3;

    private readonly List<AnswerSource> sources = [];
    private readonly Query query = Query.Parse(job.Query).Query ?? Query.Everything;
    private HistoryProgress progress = new(0, 0, 0, 0);

    /// <summary>How each place answered; complete when <see cref="RunAsync"/> has ended.</summary>
    public IReadOnlyList<AnswerSource> Sources => sources;

    /// <exception cref="IOException">When a segment cannot be copied or written: the load fails and can be repeated.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        files.DeleteUnsealed(job.Id);
        ArchivePart archive = await HistoryEstimator.ListArchiveAsync(environment, job.Start, job.End, sources, cancellation);
        UnsealedBuckets unsealed = await UnsealedBuckets.ListAsync(environment, archive, cancellation);
        var copied = new HashSet<string>(StringComparer.Ordinal);
        await CopyAsync(archive, copied, cancellation);
        foreach (BucketWindow window in unsealed.Windows())
            await FetchAsync(window, unsealed, cancellation);
        // What was sealed while the bucks were asked may have been pruned from them before its turn came.
        await CopyAsync(await HistoryEstimator.ListArchiveAsync(environment, job.Start, job.End, [], cancellation), copied, cancellation);
        sources.AddRange(unsealed.Sources);
    }

    private async Task CopyAsync(ArchivePart archive, HashSet<string> copied, CancellationToken cancellation)
    {
        foreach (ArchiveObject segment in archive.Objects.Where(o => copied.Add(o.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            long events = await CopyAsync(segment, cancellation);
            Progress(progress with { Bytes = progress.Bytes + segment.Bytes, Segments = progress.Segments + 1, Events = progress.Events + events });
        }
    }

    /// <summary>Copies a segment unless it is there or nothing in it matches; returns its events.</summary>
    private async Task<long> CopyAsync(ArchiveObject segment, CancellationToken cancellation)
    {
        SegmentRef stored = environment.Archive.Segment(segment.Name);
        long events;
        using (SegmentLease lease = stored.Open())
            events = lease.Reader.Footer.Events;
        if (!query.MatchesEverything && !await HasMatchAsync(stored, cancellation))
            return 0;
        if (files.Has(job.Id, segment.FileName, segment.Bytes))
            return events;
        using IDiskFile content = await environment.Archive.OpenAsync(segment.Name, cancellation)
            ?? throw new IOException($"{segment.Name} was in the archive's listing and is gone; load again");
        files.Copy(job.Id, segment.FileName, content, cancellation);
        return events;
    }

    private async Task<bool> HasMatchAsync(SegmentRef segment, CancellationToken cancellation)
    {
        var search = new SegmentSearch([segment], new SearchRequest { Query = query, From = job.Start, To = job.End, Limit = 1 });
        bool found = false;
        await foreach (FoundEvent _ in search.RunAsync(cancellation))
        {
            found = true;
            break;
        }

        return found || !search.Statistics.Complete;
    }

    private async Task FetchAsync(BucketWindow window, UnsealedBuckets unsealed, CancellationToken cancellation)
    {
        using var merge = new EventMerge();
        int packets = 0;
        foreach (IReadOnlyList<Packet> answer in await Task.WhenAll(environment.Bucks.Select(buck => FetchAsync(buck, window, unsealed, cancellation))))
        {
            foreach (Packet packet in answer)
            {
                if (merge.Add(packet) == BlockError.None)
                    packets++;
            }
        }

        MergedEvents events = merge.Merge().Inside;
        if (events.Count > 0)
            Write(window, events);
        Progress(progress with
        {
            // Every packet has copies on two bucks or more.
            Bytes = Math.Min(progress.Bytes + window.Bytes / 2, job.Estimate.Bytes + job.Estimate.UnsealedBytes),
            Events = progress.Events + events.Count,
            Packets = progress.Packets + packets,
        });
    }

    private async Task<IReadOnlyList<Packet>> FetchAsync(BuckLink buck, BucketWindow window, UnsealedBuckets unsealed, CancellationToken cancellation)
    {
        var packets = new List<Packet>();
        try
        {
            var search = new Search(query.ToString(), job.Start, job.End, window.From, window.To, int.MaxValue, NewestFirst: false);
            End end = new(0);
            await foreach (Packet packet in BuckSearch.PacketsAsync(buck, search, e => end = e, cancellation))
                packets.Add(packet);
            if (end.Truncated || end.Error.Length > 0)
                Note(unsealed, new AnswerSource(buck.Name, AnswerState.Failed, 0, $"{buck.Name}: {(end.Error.Length > 0 ? end.Error : "it did not give all of it")}"));
        }
        catch (WireException e)
        {
            Note(unsealed, new AnswerSource(buck.Name, AnswerState.Unreachable, 0, $"{buck.Name} unreachable: {e.Message}"));
        }

        return packets;
    }

    private void Write(BucketWindow window, MergedEvents events)
    {
        var plan = new SegmentFooter
        {
            Environment = environment.Name,
            SpanStart = window.From,
            SpanWidth = window.To - window.From,
            Kind = SegmentKind.Recent,
            Sources = [.. events.Sources.Select(source => new SegmentSource(source, 0, []))],
        };
        files.Write(job.Id, $"{HistoryFiles.UnsealedPrefix}{window.From:x}{Names.SegmentSuffix}", file =>
        {
            using var writer = new SegmentWriter(file, plan, SegmentLevel);
            for (int i = 0; i < events.Count; i++)
                writer.Add(events[i]);
            return writer.Finish(footer => footer);
        });
    }

    /// <summary>Several bucks are asked at once, and each may have something to report.</summary>
    private static void Note(UnsealedBuckets unsealed, AnswerSource source)
    {
        lock (unsealed)
            unsealed.Replace(source);
    }

    private void Progress(HistoryProgress to)
    {
        progress = to;
        jobs.Change(job.Id, j => j with { Progress = to });
    }
}
