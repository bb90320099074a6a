using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>What porters, archies and operators ask for. Each request runs on its own; the wire bounds how many.</summary>
internal sealed class ReaderRequests(
    BucketStore store, BucketLister lister, RecordServer records, UnsealedSearch search, LeaseBook leases, InterestLoop peers, ILogger<ReaderRequests> logger)
{
    public async ValueTask HandleAsync(ServerConnection connection, ReceivedMessage message)
    {
        uint correlation = message.Correlation;
        CancellationToken cancelled = connection.CancellationOf(message);
        if (message.TryRead(out ListBuckets? list))
            await connection.SendAsync(correlation, lister.List(list, cancelled)).ConfigureAwait(false);
        else if (message.TryRead(out ListRecords? listing))
            await connection.SendAsync(correlation, records.List(listing)).ConfigureAwait(false);
        else if (message.TryRead(out ReadRecords? read))
            await records.ReadAsync(read, connection.BeginBatches(message)).ConfigureAwait(false);
        else if (message.TryRead(out Search? asked))
            await SearchAsync(connection, message, asked).ConfigureAwait(false);
        else if (message.TryRead(out Prune? prune))
            await connection.SendAsync(correlation, Prune(connection.Peer, prune)).ConfigureAwait(false);
        else if (message.TryRead(out ListDamaged? _))
            await connection.SendAsync(correlation, records.ListDamaged()).ConfigureAwait(false);
        else if (message.TryRead(out Want? want))
            await connection.SendAsync(correlation, new WantPassed(await PassOnAsync(want).ConfigureAwait(false))).ConfigureAwait(false);
        else if (message.TryRead(out Lease? lease))
            await connection.SendAsync(correlation, leases.Ask(lease)).ConfigureAwait(false);
        else
            await connection.SendAsync(correlation, new ErrorReply(WireErrorCode.Malformed, $"{message.Type} cannot be read")).ConfigureAwait(false);
    }

    private async ValueTask SearchAsync(ServerConnection connection, ReceivedMessage message, Search asked)
    {
        if (!Query.Parse(asked.Query).TryGet(out Query? query, out QueryError? error))
        {
            await connection.SendAsync(message.Correlation, new ErrorReply(WireErrorCode.BadQuery, error.Caret)).ConfigureAwait(false);
            return;
        }
        BuckLog.Searches(logger, connection.Peer.ToString(), query.ToString(), LogTime.Format(asked.EventFrom), LogTime.Format(asked.EventTo));
        await search.RunAsync(asked, query, connection.BeginBatches(message)).ConfigureAwait(false);
    }

    private Pruned Prune(PeerIdentity peer, Prune prune)
    {
        PruneOutcome outcome = lister.IsClosed(prune.File)
            ? (lister.Find(prune.File) is { } file ? store.TryPrune(file, facts => facts.LengthBytes == prune.FileBytes && facts.IdsHash() == prune.IdsHash) : null) switch
            {
                true => PruneOutcome.Pruned,
                false => PruneOutcome.Changed,
                null => PruneOutcome.Absent,
            }
            : PruneOutcome.Refused;
        BuckLog.Prunes(logger, peer.ToString(), prune.File.ToString(), prune.FileBytes, outcome);
        BuckMetrics.Pruned.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        return new Pruned(outcome);
    }

    /// <summary>To every connection of the agent: one that is about to end must not be the only one told.</summary>
    private async ValueTask<int> PassOnAsync(Want want)
    {
        int passed = 0;
        foreach (ServerConnection agent in peers.Connections().Where(c => c.Peer.Role == Role.Agent && c.Peer.Name == want.Agent))
        {
            if (await agent.TrySendAsync(0, want).ConfigureAwait(false))
                passed++;
        }
        return passed;
    }
}
