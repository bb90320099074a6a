using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>
/// Lets bucks drop bucket files. Only files that are proved to be archived as they were listed, for at least the grace time, and
/// that recent has read; the buck refuses if the file has changed since.
/// </summary>
internal sealed class BucketPruner(PorterOptions options, PorterProgress progress, PorterMetrics metrics, ILogger<BucketPruner> logger)
{
    public async Task PruneAsync(SpanState state, IReadOnlyList<HeldFile> files, ulong now, CancellationToken stopping)
    {
        ulong grace = LogTime.FromTimeSpan(options.PruneGrace);
        foreach (HeldFile file in files)
        {
            if (state.ProvedSince(file) is { } since && since + grace <= now && file.Listing.Closed && progress.IsIndexed(file))
                await PruneAsync(state, file, stopping).ConfigureAwait(false);
        }
    }

    private async Task PruneAsync(SpanState state, HeldFile file, CancellationToken stopping)
    {
        PruneOutcome outcome;
        try
        {
            outcome = await file.Buck.PruneAsync(file.Listing, stopping).ConfigureAwait(false);
        }
        catch (BuckException)
        {
            // It may or may not have dropped the file; the next listing tells, and reports the buck.
            return;
        }
        if (outcome is PruneOutcome.Pruned or PruneOutcome.Absent)
        {
            progress.Dropped(file);
            state.Doubt(file);
            metrics.PrunedFiles.Add(1);
            PorterLog.Pruned(logger, file.Buck.Name, file.Listing.File.ToString());
            return;
        }
        state.Doubt(file);
        PorterLog.NotPruned(logger, file.Buck.Name, file.Listing.File.ToString(), outcome.ToString());
    }
}
