using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>Says what a history would cost before anything is loaded: names and footers of the archive, headers from the bucks.</summary>
internal static class HistoryEstimator
{
    /// <summary>Footers read; the events of further segments are taken to be like those of the first.</summary>
    private const int FootersMax = 500;

    public static async Task<HistoryEstimate> EstimateAsync(ServedEnvironment environment, ulong from, ulong to, CancellationToken cancellation)
    {
        var sources = new List<AnswerSource>();
        ArchivePart archive = await ListArchiveAsync(environment, from, to, sources, cancellation);
        UnsealedBuckets unsealed = await UnsealedBuckets.ListAsync(environment, archive, cancellation);
        (int packets, long unsealedBytes, long unsealedEvents) = await unsealed.EstimateAsync(from, to, cancellation);
        sources.AddRange(unsealed.Sources);
        long events = CountEvents(environment.Archive, archive.Objects);
        return new HistoryEstimate(
            archive.Objects.Sum(o => o.Bytes), archive.Objects.Count, events + unsealedEvents, packets, unsealedBytes,
            sources.All(s => s.State == AnswerState.Ok), sources);
    }

    /// <summary>The archive's objects for a range; an archive that cannot be read is one place missing.</summary>
    public static async Task<ArchivePart> ListArchiveAsync(
        ServedEnvironment environment, ulong from, ulong to, List<AnswerSource> sources, CancellationToken cancellation)
    {
        try
        {
            ArchivePart part = await ArchivePart.ListAsync(environment.Archive, environment.Name, from, to, cancellation);
            sources.Add(new AnswerSource("archive", AnswerState.Ok));
            return part;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            sources.Add(new AnswerSource("archive", AnswerState.Failed, 0, $"archive: {e.Message}"));
            return new ArchivePart();
        }
    }

    private static long CountEvents(DirectoryArchive archive, List<ArchiveObject> objects)
    {
        long events = 0;
        long bytes = 0;
        foreach (ArchiveObject segment in objects.Take(FootersMax))
        {
            try
            {
                using SegmentLease lease = archive.Segment(segment.Name).Open();
                events += lease.Reader.Footer.Events;
                bytes += segment.Bytes;
            }
            catch (IOException)
            {
                // A segment that cannot be read has no events to count; the load names it.
                continue;
            }
        }

        long all = objects.Sum(o => o.Bytes);
        return bytes == 0 || bytes == all ? events : (long)(events * ((double)all / bytes));
    }
}
