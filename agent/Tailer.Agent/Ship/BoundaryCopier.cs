using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// When a bucket has ended, and a random while later, so that agents do not all do it at once: for packets of class
/// <c>unacked</c> that are not delivered one more buck is asked; those of class <c>whole</c>, and manifests if there are such, go once
/// more, as they lie in the spool's file, to one random buck. So do those of the last bucket before a start, which
/// ended while the agent was down, and of the one before, whose turn may not have come yet: bucks know what they have.
/// </summary>
internal sealed class BoundaryCopier(SpoolStore spool, RecordSender sender, LinkSet links, ShipOptions options, ShipCounters counters, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan SleepMost = TimeSpan.FromSeconds(30);

    /// <summary>Unanswered at once: enough for a distant buck, few beside the <see cref="RecordSender.WindowRecords"/> of fresh packets.</summary>
    private const int BatchRecords = 8;

    public async Task Run(CancellationToken stop)
    {
        ulong last = spool.End.Bucket;
        var done = new SpoolMark(last - Math.Min(last, spool.BucketWidth), 0);
        while (true)
        {
            ulong width = spool.BucketWidth;
            ulong now = LogTime.Now(clock);
            TimeSpan untilEnd = LogTime.ToTimeSpan(LogTime.Floor(now, width) + width - now);
            TimeSpan most = LogTime.ToTimeSpan(width / 2) < SleepMost ? LogTime.ToTimeSpan(width / 2) : SleepMost;
            await Task.Delay(untilEnd + (most * Random.Shared.NextDouble()), clock, stop);
            SpoolMark end = spool.End;
            Kick(LogTime.Floor(LogTime.Now(clock), width));
            if (options.CopiesWholeBuckets)
            {
                // The newest file may still grow; its turn comes with the next bucket.
                foreach (ulong bucket in spool.Files.Buckets().Where(bucket => bucket >= done.Bucket && bucket < end.Bucket).ToArray())
                    await CopyFile(bucket, stop);
            }
            done = end;
        }
    }

    /// <summary>Asks one more buck for each packet that was sealed before and is not delivered.</summary>
    private void Kick(ulong before)
    {
        foreach (Delivery delivery in sender.Open)
        {
            if (delivery.BoundaryCopy == BoundaryCopy.Unacked && delivery.SealedTime > 0 && delivery.SealedTime < before && delivery.TryKick())
                counters.CopiedAtBoundary();
        }
    }

    private async Task CopyFile(ulong bucket, CancellationToken stop)
    {
        using IDiskFile? file = spool.Files.OpenRead(bucket);
        if (file is null)
            return;
        using var reader = new BucketFileReader(file);
        var left = new HashSet<string>(StringComparer.Ordinal);
        BuckLink? target = null;
        var batch = new List<(RecordHeader Header, byte[] Body)>();
        bool more = true;
        while (more)
        {
            batch.Clear();
            while (batch.Count < BatchRecords && (more = reader.TryReadNext()))
            {
                if (IsCopied(reader.Header.Type, reader.Body.Span))
                    batch.Add((reader.Header, reader.Body.ToArray()));
            }
            while (batch.Count > 0)
            {
                target ??= links.Pick(left, [], 1).FirstOrDefault();
                if (target is null)
                {
                    // It was one copy more than needed; no buck takes it, so it is not made.
                    ShipLog.NotCopied(log, LogTime.Format(bucket));
                    return;
                }
                SendResult[] results = await Task.WhenAll(batch.Select(record => SendTo(target, record.Header, record.Body, stop)));
                batch = [.. batch.Where((_, i) => results[i] is not (SendResult.Taken or SendResult.RecordRefused or SendResult.AheadOfBuck))];
                if (batch.Count == 0)
                    break;
                left.Add(target.Name);
                target = null;
            }
        }
    }

    private static bool IsCopied(RecordType type, ReadOnlySpan<byte> body) =>
        type == RecordType.Manifest || (type == RecordType.Packet && FrameHeader.TryReadFrame(body, out FrameHeader? header) == FrameError.None && header!.BoundaryCopy == BoundaryCopy.Whole);

    private Task<SendResult> SendTo(BuckLink link, RecordHeader header, byte[] body, CancellationToken stop)
    {
        counters.CopiedAtBoundary();
        return header.Type == RecordType.Manifest
            ? link.SendManifest(header.Id, body, stop)
            : link.Append(new Append(header.Id, Limits.CopiesMax - 1, Limits.CopiesMax, AppendOptions.BoundaryCopy, body), stop);
    }
}
