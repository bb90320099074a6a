using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>
/// One pass over all spans that are old enough, oldest first: seal what is to be sealed, prune what is proved. A span that
/// waits does not hold up the ones after it.
/// </summary>
internal sealed class ArchiveRound(
    PorterOptions options, ArchiveCatalog catalog, SpanSealer sealer, BucketPruner pruner, PorterProgress progress, TimeProvider clock)
{
    private readonly Dictionary<ulong, SpanState> states = [];

    public async Task RunAsync(FleetListing listing, CancellationToken stopping)
    {
        ulong now = LogTime.Now(clock);
        ulong width = options.SpanWidth;
        ulong age = LogTime.FromTimeSpan(options.ArchiveAfter);
        HashSet<ulong> listed = [];
        foreach (IGrouping<ulong, HeldFile> files in listing.Files.GroupBy(file => LogTime.Floor(file.Start, width)).OrderBy(files => files.Key))
        {
            SpanRange span = new(files.Key, width);
            if (span.End + age > now)
                break;
            listed.Add(span.Start);
            if (!states.TryGetValue(span.Start, out SpanState? state))
                states.Add(span.Start, state = new SpanState());
            await VisitAsync(span, state, [.. files], now, stopping).ConfigureAwait(false);
        }
        Forget(listed);
    }

    private async Task VisitAsync(SpanRange span, SpanState state, IReadOnlyList<HeldFile> files, ulong now, CancellationToken stopping)
    {
        if (state.IsDue(files, now))
        {
            bool isStable = state.See(files);
            Holdings held = await Holdings.ListAsync(files, since: null, stopping).ConfigureAwait(false);
            SpanContent content = new(span, held, await catalog.FindAsync(span.Start, span.End, stopping).ConfigureAwait(false));
            SealOutcome outcome = await sealer.LookAsync(content, isStable, stopping).ConfigureAwait(false);
            bool isProved = outcome != SealOutcome.Sealed && await sealer.ProveAsync(content, stopping).ConfigureAwait(false);
            if (isProved)
                Prove(content, state, now);
            state.LookAgain(outcome == SealOutcome.Sealed || (content.IsSealed && !isProved) ? 0 : now + options.BucketWidth);
        }
        await pruner.PruneAsync(state, files, now, stopping).ConfigureAwait(false);
    }

    /// <summary>Files of which everything is archived may go, whatever else of the span is still missing.</summary>
    private void Prove(SpanContent content, SpanState state, ulong now)
    {
        foreach (FileHoldings file in content.Held.Files)
        {
            if (file.ReachesListing && file.Records.All(record => content.IsSealedRecord(record.Id)))
                state.Prove(file.File, now);
        }
        progress.Archived(content);
    }

    private void Forget(HashSet<ulong> listed)
    {
        foreach (ulong start in states.Keys.Where(start => !listed.Contains(start)).ToArray())
            states.Remove(start);
        ulong oldest = listed.Count == 0 ? ulong.MaxValue : listed.Min();
        catalog.ForgetBefore(oldest - Math.Min(oldest, 2 * options.SpanWidth));
    }
}
