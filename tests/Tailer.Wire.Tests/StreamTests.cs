using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Wire.Tests;

public sealed class StreamTests : IDisposable
{
    private static readonly Search Everything = new("error", 0, 1, 2, 3, 50, true);

    private readonly TestEnvironment environment = new();

    public void Dispose() => environment.Dispose();

    [Fact]
    public async Task A_search_streams_batches_and_its_end()
    {
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out Search? search));
                BatchSender batches = peer.BeginBatches(message);
                for (int i = 0; i < 50; i++)
                    await batches.SendAsync(new SearchResult([new byte[] { (byte)i }]));
                await batches.EndAsync(new End(50, 100, 1000, true, search.Query));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Archie);
        await using ReplyBatches<SearchResult> found = await buck.SearchAsync(Everything);
        var seen = new List<byte>();
        await foreach (SearchResult batch in found)
            seen.Add(batch.Frames[0].Span[0]);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (byte)i), seen);
        Assert.Equal(new End(50, 100, 1000, true, "error"), found.End);
    }

    [Fact]
    public async Task Bodies_of_records_are_read_with_their_status()
    {
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out ReadRecords? read));
                BatchSender batches = peer.BeginBatches(message);
                foreach (RecordPosition position in read.Positions)
                    await batches.SendAsync(new Records([new RecordContent(RecordStatus.Ok, position.Position, 1, 0, new PacketId(1), new byte[position.BodyBytes])]));
                await batches.SendAsync(new Records([.. read.Ids.Select(id => new RecordContent(RecordStatus.Absent, 0, 0, 0, id, default))]));
                await batches.EndAsync(new End(read.Positions.Count));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Porter);
        var read = new ReadRecords(new BucketFileName(0, 60, 0), [new RecordPosition(0, WireLimits.FrameBytesMax), new RecordPosition(99, 3)], [new PacketId(7)]);
        await using ReplyBatches<Records> records = await buck.ReadAsync(read);
        var seen = new List<(RecordStatus, long, int)>();
        await foreach (Records batch in records)
            seen.AddRange(batch.Items.Select(item => (item.Status, item.Position, item.Body.Length)));
        Assert.Equal([(RecordStatus.Ok, 0, WireLimits.FrameBytesMax), (RecordStatus.Ok, 99, 3), (RecordStatus.Absent, 0, 0)], seen);
        Assert.Equal(2, records.End.Events);
    }

    [Fact]
    public async Task A_slow_reader_holds_up_its_own_stream_and_nothing_else()
    {
        int sent = 0;
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                if (message.TryRead(out ListBuckets? _))
                {
                    await peer.SendAsync(message.Correlation, new Buckets(false, []));
                    return;
                }
                BatchSender batches = peer.BeginBatches(message);
                for (; sent < 100; sent++)
                    await batches.SendAsync(new SearchResult([new byte[WireLimits.BatchBytes]]));
                await batches.EndAsync(new End(sent));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Archie);
        await using ReplyBatches<SearchResult> found = await buck.SearchAsync(Everything);
        await Wait.For(() => sent == WireLimits.StreamCreditBatches, "the credit is used up");
        for (int i = 0; i < 20; i++)
            Assert.Empty((await buck.ListBucketsAsync(new ListBuckets(0, 1, 1))).Files);
        Assert.Equal(WireLimits.StreamCreditBatches, sent);
        int batches = 0;
        await foreach (SearchResult _ in found)
            batches++;
        Assert.Equal(100, batches);
    }

    [Fact]
    public async Task A_stream_that_its_reader_leaves_is_cancelled_at_the_buck_and_the_connection_goes_on()
    {
        var stopped = new TaskCompletionSource();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                if (message.TryRead(out ListBuckets? _))
                {
                    await peer.SendAsync(message.Correlation, new Buckets(false, []));
                    return;
                }
                BatchSender batches = peer.BeginBatches(message);
                try
                {
                    while (true)
                        await batches.SendAsync(new SearchResult([new byte[1000]]));
                }
                catch (OperationCanceledException)
                {
                    stopped.SetResult();
                    throw;
                }
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Archie);
        await using (ReplyBatches<SearchResult> found = await buck.SearchAsync(Everything))
        {
            await foreach (SearchResult _ in found)
                break;
        }
        await stopped.Task.WaitAsync(TestEnvironment.Patience);
        Assert.Empty((await buck.ListBucketsAsync(new ListBuckets(0, 1, 1))).Files);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_its_streams_at_the_buck()
    {
        var stopped = new TaskCompletionSource();
        var gone = new TaskCompletionSource<DisconnectReason>();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                BatchSender batches = peer.BeginBatches(message);
                try
                {
                    while (true)
                        await batches.SendAsync(new SearchResult([new byte[1000]]));
                }
                finally
                {
                    stopped.SetResult();
                }
            }
        }, options => options with { OnDisconnected = peer => gone.SetResult(peer.Reason) });
        BuckConnection buck = await environment.ConnectAsync(listener, Role.Archie);
        await buck.SearchAsync(Everything);
        await buck.DisposeAsync();
        await stopped.Task.WaitAsync(TestEnvironment.Patience);
        Assert.Equal(DisconnectReason.ClosedByPeer, await gone.Task.WaitAsync(TestEnvironment.Patience));
    }

    [Fact]
    public async Task An_error_instead_of_a_batch_is_thrown_with_its_code()
    {
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
                await peer.SendAsync(message.Correlation, new ErrorReply(WireErrorCode.BadQuery, "at 3: no such field"));
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Archie);
        await using ReplyBatches<SearchResult> found = await buck.SearchAsync(Everything);
        WireException failed = await Assert.ThrowsAsync<WireException>(async () =>
        {
            await foreach (SearchResult _ in found)
            {
            }
        });
        Assert.Equal((WireErrorCode.BadQuery, "at 3: no such field"), (failed.Code, failed.Message));
        Assert.Throws<InvalidOperationException>(() => found.End);
    }
}
