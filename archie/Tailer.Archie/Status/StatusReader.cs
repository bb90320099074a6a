using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>Puts one environment's status together. Whatever cannot be had is said in its place, and the rest is shown.</summary>
internal sealed class StatusReader(BuckReporter reporter, KnownGaps gaps, TimeProvider clock)
{
    public async Task<EnvironmentStatus> ReadAsync(ServedEnvironment environment, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (BuckReport? Report, string? Error)[] reports =
            await Task.WhenAll(environment.Options.Bucks.Select(buck => reporter.AskAsync(environment, buck, cancellation)));
        BuckStatus[] bucks = [.. environment.Options.Bucks.Zip(reports, (buck, answer) => Describe(buck, answer.Report, answer.Error))];
        IReadOnlyList<AgentStatus> agents = AgentMerge.Merge(
            environment.Options.Bucks.Zip(reports).SelectMany(pair => (pair.Second.Report?.Agents ?? []).Select(agent => (pair.First.Name, agent))), now);
        (RecentStatus recent, ulong watermark) = ReadRecent(environment);
        (ArchiveStatus archive, ulong sealedUntil, IReadOnlyList<GapStatus> missing) = await ReadArchiveAsync(environment, cancellation);
        double? lag = watermark == 0 ? null : (now - LogTime.ToDateTimeOffset(watermark)).TotalSeconds;
        return new EnvironmentStatus(environment.Name, bucks, agents, new PorterStatus(TextOf(watermark), lag, TextOf(sealedUntil)), recent, archive, missing);
    }

    private static BuckStatus Describe(BuckOptions buck, BuckReport? report, string? error) => report is null
        ? new BuckStatus(buck.Name, buck.Address.ToString(), buck.Http, "down", error)
        : new BuckStatus(
            buck.Name, buck.Address.ToString(), buck.Http, "up", null, report.Packets, report.StoredBytes, report.Buckets, report.Agents?.Count(agent => agent.Connected) ?? 0, report.Disks);

    private static (RecentStatus Status, ulong Watermark) ReadRecent(ServedEnvironment environment)
    {
        try
        {
            IndexCatalog catalog = environment.Index.Catalog;
            ulong from = catalog.Segments.Count == 0 ? 0 : catalog.Segments.Min(s => s.EventTimeMin);
            ulong to = catalog.Segments.Count == 0 ? 0 : catalog.Segments.Max(s => s.EventTimeMax);
            return (new RecentStatus(catalog.Segments.Count, catalog.Segments.Sum(s => s.FileBytes), catalog.Segments.Sum(s => s.Events), TextOf(from), TextOf(to)), catalog.Watermark);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return (new RecentStatus(0, 0, 0, null, null, e.Message), 0);
        }
    }

    private async Task<(ArchiveStatus Status, ulong SealedUntil, IReadOnlyList<GapStatus> Gaps)> ReadArchiveAsync(ServedEnvironment environment, CancellationToken cancellation)
    {
        try
        {
            ArchivePart part = await ArchivePart.ListAsync(environment.Archive, environment.Name, 0, ulong.MaxValue, cancellation);
            ulong from = ulong.MaxValue;
            ulong to = 0;
            foreach (ArchiveObject segment in part.Objects)
            {
                if (!Names.TryParseSegment(segment.FileName, out ulong min, out ulong max, out _))
                    continue;
                from = Math.Min(from, min);
                to = Math.Max(to, max);
            }

            var status = new ArchiveStatus(part.Objects.Count, part.Objects.Sum(o => o.Bytes), part.Objects.Count == 0 ? null : TextOf(from), TextOf(to));
            return (status, part.SealedUntil, gaps.Find(environment.Archive, part.Objects));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (new ArchiveStatus(0, 0, null, null, e.Message), 0, []);
        }
    }

    private static string? TextOf(ulong time) => time == 0 ? null : LogTime.Format(time);
}
