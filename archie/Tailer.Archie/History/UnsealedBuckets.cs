using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Archie;

/// <summary>The bucket files of all bucks that the archive does not cover yet.</summary>
internal sealed class UnsealedBuckets
{
    /// <summary>Record headers read from one buck for an estimate; what is beyond is guessed from the sizes of files.</summary>
    private const int HeadersMax = 20_000;

    private const int HeaderPageBytes = 1 << 20;

    /// <summary>Stored bytes fetched together: ten times as much raw, decoded in memory at once.</summary>
    private const long WindowBytes = 8L << 20;

    private readonly List<(BuckLink Buck, BucketListing File)> files = [];

    /// <summary>How each buck answered.</summary>
    public List<AnswerSource> Sources { get; } = [];

    /// <summary>Lists what is not sealed, from all bucks that answer.</summary>
    public static async Task<UnsealedBuckets> ListAsync(ServedEnvironment environment, ArchivePart archive, CancellationToken cancellation)
    {
        var unsealed = new UnsealedBuckets();
        (AnswerSource Source, List<BucketListing> Files)[] answers = await Task.WhenAll(environment.Bucks.Select(buck => ListAsync(buck, cancellation)));
        for (int i = 0; i < answers.Length; i++)
        {
            unsealed.Sources.Add(answers[i].Source);
            unsealed.files.AddRange(answers[i].Files.Where(file => !archive.IsSealed(file.File.Start)).Select(file => (environment.Bucks[i], file)));
        }

        return unsealed;
    }

    /// <summary>Bucket time in stretches that are fetched together, oldest first.</summary>
    public IReadOnlyList<BucketWindow> Windows()
    {
        var windows = new List<BucketWindow>();
        foreach (IGrouping<ulong, BucketListing> bucket in files.Select(f => f.File).GroupBy(file => file.File.Start).OrderBy(group => group.Key))
        {
            long bytes = bucket.Sum(file => file.FileBytes);
            ulong end = bucket.Key + (ulong)bucket.Max(file => file.File.WidthSeconds) * LogTime.PerSecond;
            if (windows.Count > 0 && windows[^1].To == bucket.Key && windows[^1].Bytes + bytes <= WindowBytes)
                windows[^1] = windows[^1] with { To = end, Bytes = windows[^1].Bytes + bytes };
            else
                windows.Add(new BucketWindow(bucket.Key, end, bytes));
        }

        return windows;
    }

    /// <summary>Packets with events of the range, each counted once, and their bytes.</summary>
    public async Task<(int Packets, long Bytes, long Events)> EstimateAsync(ulong from, ulong to, CancellationToken cancellation)
    {
        var counted = new Dictionary<PacketId, (long Bytes, long Events)>();
        foreach (IGrouping<BuckLink, (BuckLink Buck, BucketListing File)> buck in files.GroupBy(f => f.Buck))
        {
            try
            {
                await CountAsync(buck.Key, [.. buck.Select(b => b.File)], from, to, counted, cancellation);
            }
            catch (WireException e)
            {
                Replace(new AnswerSource(buck.Key.Name, AnswerState.Unreachable, 0, $"{buck.Key.Name} unreachable: {e.Message}"));
            }
        }

        return (counted.Count, counted.Values.Sum(c => c.Bytes), counted.Values.Sum(c => c.Events));
    }

    /// <summary>Notes how a buck did later, when that is worse than what is known.</summary>
    public void Replace(AnswerSource source)
    {
        int index = Sources.FindIndex(s => s.Name == source.Name);
        if (index >= 0 && source.State != AnswerState.Ok)
            Sources[index] = source;
    }

    private static async Task<(AnswerSource Source, List<BucketListing> Files)> ListAsync(BuckLink buck, CancellationToken cancellation)
    {
        var files = new List<BucketListing>();
        ulong from = 0;
        try
        {
            BuckConnection connection = await buck.ConnectAsync(cancellation);
            while (true)
            {
                Buckets page = await connection.ListBucketsAsync(new ListBuckets(from, ulong.MaxValue, WireLimits.BucketsMax), cancellation);
                files.AddRange(page.Files);
                if (!page.Truncated || page.Files.Count == 0)
                    return (new AnswerSource(buck.Name, AnswerState.Ok), files);
                from = page.Files.Max(file => file.File.Start) + 1;
            }
        }
        catch (WireException e)
        {
            return (new AnswerSource(buck.Name, AnswerState.Unreachable, 0, $"{buck.Name} unreachable: {e.Message}"), files);
        }
    }

    private static async Task CountAsync(
        BuckLink buck, IReadOnlyList<BucketListing> files, ulong from, ulong to, Dictionary<PacketId, (long Bytes, long Events)> counted, CancellationToken cancellation)
    {
        BuckConnection connection = await buck.ConnectAsync(cancellation);
        int headers = 0;
        foreach (BucketListing file in files.OrderBy(file => file.File.Start))
        {
            long since = 0;
            while (headers < HeadersMax)
            {
                RecordList list = await connection.ListAsync(new ListRecords(file.File, since, HeaderPageBytes), cancellation);
                headers += list.Records.Count;
                foreach (RecordListing record in list.Records)
                {
                    if (record.Type == (byte)RecordType.Packet && FrameHeader.TryRead(record.Header.Span, out FrameHeader? header) == FrameError.None
                        && header!.EventTimeMin < to && header.EventTimeMax >= from)
                        counted[record.Id] = (record.BodyBytes, header.Events);
                }

                since = list.Next;
                if (list.AtEnd || list.Absent)
                    break;
            }
        }
    }
}
