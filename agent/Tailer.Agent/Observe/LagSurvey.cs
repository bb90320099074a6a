namespace Tailer.Agent;

/// <summary>
/// Looks every two seconds how far reading is behind. Costs nothing for files that are read to their end: it looks only at those that
/// have something to read or to finish. For the reading thread, but for <see cref="Report"/>.
/// </summary>
internal sealed class LagSurvey(Finder finder, SpoolStore spool, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Dictionary<FollowedPath, (long Bytes, DateTimeOffset Since)> behind = [];
    private readonly Dictionary<FollowedPath, (long Bytes, DateTimeOffset Since)> before = [];
    private long lookedAt;
    private volatile ReadingReport report = ReadingReport.Empty;

    /// <summary>What the last look saw. Any thread.</summary>
    public ReadingReport Report => report;

    public void LookWhenDue()
    {
        if (lookedAt != 0 && clock.GetElapsedTime(lookedAt) < Every)
            return;
        lookedAt = clock.GetTimestamp();
        Look(clock.GetUtcNow());
    }

    private void Look(DateTimeOffset now)
    {
        before.Clear();
        foreach ((FollowedPath path, (long Bytes, DateTimeOffset Since) lag) in behind)
            before[path] = lag;
        behind.Clear();
        int failing = 0;
        foreach (FollowedSource source in finder.Active)
        {
            if (source.State == SourceState.Finished)
                continue;
            failing += source.IsFailing ? 1 : 0;
            long bytes = SizeOf(source) - (long)source.Position;
            if (bytes <= 0)
                continue;
            DateTimeOffset since = before.TryGetValue(source.Path, out (long, DateTimeOffset Since) known) ? known.Since : now;
            behind[source.Path] = (behind.GetValueOrDefault(source.Path).Bytes + bytes, since);
        }
        report = new ReadingReport(finder.Sources.Count, behind.Values.Sum(l => l.Bytes), behind.Count, failing, Worst())
        {
            IsBlocked = spool.IsFull,
            Since = behind.Count == 0 ? null : behind.Values.Min(l => l.Since),
        };
    }

    /// <summary>A file whose turn did not come, because the spool is full, has grown since.</summary>
    private static long SizeOf(FollowedSource source)
    {
        long known = (long)source.SeenBytes;
        try
        {
            return source.Handle is { } handle ? Math.Max(known, handle.Status().Size) : known;
        }
        catch (IOException)
        {
            // Reading it will say so.
            return known;
        }
    }

    private FileLag[] Worst() => [.. behind.OrderByDescending(l => l.Value.Bytes).ThenBy(l => l.Key.Path, StringComparer.Ordinal)
        .Take(ReadingReport.WorstMax).Select(l => new FileLag(l.Key.Path, l.Value.Bytes, l.Value.Since))];
}
