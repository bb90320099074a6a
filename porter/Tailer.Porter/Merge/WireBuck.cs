using System.Net;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>
/// A buck over its secure channel. Connects when first asked and again after a connection has ended; one connection serves
/// all requests. Thread-safe.
/// </summary>
internal sealed class WireBuck(string name, EndPoint endpoint, CredentialFile credential, BuckConnectionOptions options) : IBuck, IAsyncDisposable
{
    /// <summary>About how long a part of a listing is: a few hundred headers, so that another request gets its turn in between.</summary>
    private const int ListBytes = 256 * 1024;

    private readonly SemaphoreSlim connecting = new(1, 1);
    private BuckConnection? connection;

    public string Name => name;

    public Task<IReadOnlyList<BucketListing>> ListBucketsAsync(CancellationToken stopping) => AskAsync<IReadOnlyList<BucketListing>>(async buck =>
    {
        List<BucketListing> files = [];
        ulong from = 0;
        while (true)
        {
            Buckets page = await buck.ListBucketsAsync(new ListBuckets(from, ulong.MaxValue, WireLimits.BucketsMax), stopping).ConfigureAwait(false);
            files.AddRange(page.Files);
            if (!page.Truncated || page.Files.Count == 0)
                return files;
            // No bucket's files are split over two answers.
            from = page.Files[^1].File.Start + 1;
        }
    }, stopping);

    public Task<RecordPage> ListAsync(BucketFileName file, long since, CancellationToken stopping) => AskAsync(async buck =>
    {
        RecordList list = await buck.ListAsync(new ListRecords(file, since, ListBytes), stopping).ConfigureAwait(false);
        return new RecordPage(list.Next, list.AtEnd, list.Absent, [.. list.Records.Select(ToListed)]);
    }, stopping);

    public Task ReadAsync(BucketFileName file, IReadOnlyList<RecordPosition> positions, Action<int, RecordStatus, ReadOnlyMemory<byte>> take, CancellationToken stopping) => AskAsync(async buck =>
    {
        int next = 0;
        await using ReplyBatches<Records> batches = await buck.ReadAsync(new ReadRecords(file, positions, []), stopping).ConfigureAwait(false);
        await foreach (Records batch in batches.WithCancellation(stopping).ConfigureAwait(false))
        {
            foreach (RecordContent item in batch.Items)
            {
                if (next < positions.Count)
                    take(next++, item.Status, item.Body);
            }
        }
        return next == positions.Count ? next : throw new BuckException($"buck {name} answered {next} of {positions.Count} records of {file}: {batches.End.Error}");
    }, stopping);

    public Task<ReadOnlyMemory<byte>?> ReadAsync(BucketFileName file, PacketId id, CancellationToken stopping) => AskAsync<ReadOnlyMemory<byte>?>(async buck =>
    {
        ReadOnlyMemory<byte>? body = null;
        await using ReplyBatches<Records> batches = await buck.ReadAsync(new ReadRecords(file, [], [id]), stopping).ConfigureAwait(false);
        await foreach (Records batch in batches.WithCancellation(stopping).ConfigureAwait(false))
        {
            foreach (RecordContent item in batch.Items.Where(item => item.Status == RecordStatus.Ok))
                body = item.Body.ToArray();
        }
        return body;
    }, stopping);

    public Task<IReadOnlyList<DamagedRecord>> ListDamagedAsync(CancellationToken stopping) => AskAsync(buck => buck.ListDamagedAsync(stopping), stopping);

    public Task<bool> HealAsync(PacketId id, ReadOnlyMemory<byte> body, CancellationToken stopping) => AskAsync(async buck =>
    {
        bool isPacket = FrameHeader.TryReadFrame(body.Span, out _) == FrameError.None;
        AppendResult result = isPacket
            ? await buck.AppendAsync(new Append(id, 0, 1, AppendOptions.Healed, body), stopping).ConfigureAwait(false)
            : await buck.SendManifestAsync(new Wire.Manifest(id, body), stopping).ConfigureAwait(false);
        return result.Outcome is AppendOutcome.Stored or AppendOutcome.HadIt;
    }, stopping);

    public Task<PruneOutcome> PruneAsync(BucketListing listed, CancellationToken stopping) =>
        AskAsync(buck => buck.PruneAsync(new Prune(listed.File, listed.FileBytes, listed.IdsHash), stopping), stopping);

    public Task<int> WantAsync(string agent, IReadOnlyList<PacketId> packets, CancellationToken stopping) =>
        AskAsync(buck => buck.WantAsync(new Want(agent, packets), stopping), stopping);

    public Task<string?> LeaseAsync(string lease, string holder, TimeSpan lifetime, CancellationToken stopping) => AskAsync(async buck =>
    {
        Leased leased = await buck.LeaseAsync(new Lease(lease, holder, lifetime), stopping).ConfigureAwait(false);
        return leased.Granted ? null : leased.Holder;
    }, stopping);

    public async ValueTask DisposeAsync()
    {
        if (connection is { } open)
            await open.DisposeAsync().ConfigureAwait(false);
        connecting.Dispose();
    }

    private static ListedRecord ToListed(RecordListing listed)
    {
        FrameHeader? header = null;
        if ((RecordType)listed.Type == RecordType.Packet)
            FrameHeader.TryRead(listed.Header.Span, out header);
        return new ListedRecord(listed.Id, (RecordType)listed.Type, new RecordPosition(listed.Position, listed.BodyBytes), header);
    }

    private async Task<T> AskAsync<T>(Func<BuckConnection, Task<T>> ask, CancellationToken stopping)
    {
        BuckConnection buck = await ConnectAsync(stopping).ConfigureAwait(false);
        try
        {
            return await ask(buck).ConfigureAwait(false);
        }
        catch (WireException e)
        {
            throw new BuckException(e.Message, e);
        }
    }

    private async Task<BuckConnection> ConnectAsync(CancellationToken stopping)
    {
        await connecting.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            if (connection is { } open && !open.Ended.IsCancellationRequested)
                return open;
            if (connection is { } ended)
                await ended.DisposeAsync().ConfigureAwait(false);
            connection = null;
            ConnectResult result = await BuckConnection.ConnectAsync(endpoint, credential, options, stopping).ConfigureAwait(false);
            return connection = result.Connection ?? throw new BuckException(result.Text);
        }
        finally
        {
            connecting.Release();
        }
    }
}
