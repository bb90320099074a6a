using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Wire.Tests;

public sealed class BuckConnectionTests : IDisposable
{
    private readonly TestEnvironment environment = new();

    public void Dispose() => environment.Dispose();

    [Fact]
    public async Task Packets_of_every_size_arrive_whole_and_each_ack_completes_its_own_append()
    {
        var stored = new ConcurrentDictionary<PacketId, byte[]>();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out Append? append));
                stored[append.Id] = append.Frame.ToArray();
                await peer.SendAsync(message.Correlation, new Ack(append.Id, append.Copy == 1));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
        int[] sizes = [0, 1, 65_490, 65_519, 65_520, 200_000, WireLimits.FrameBytesMax, 7];
        byte[][] frames = sizes.Select((size, i) => Enumerable.Repeat((byte)i, size).ToArray()).ToArray();
        Task<AppendResult>[] results = frames.Select((frame, i) =>
            buck.AppendAsync(new Append(new PacketId((UInt128)i), (byte)(i % 2), 2, AppendOptions.None, frame))).ToArray();
        AppendResult[] outcomes = await Task.WhenAll(results).WaitAsync(TestEnvironment.Patience);
        for (int i = 0; i < frames.Length; i++)
        {
            Assert.Equal(i % 2 == 1 ? AppendOutcome.HadIt : AppendOutcome.Stored, outcomes[i].Outcome);
            Assert.Equal(frames[i], stored[new PacketId((UInt128)i)]);
        }
    }

    [Fact]
    public async Task Acks_in_another_order_and_nacks_reach_their_own_packets()
    {
        var held = new ConcurrentQueue<(ServerConnection Peer, uint Correlation, PacketId Id)>();
        await using BuckListener listener = environment.Listen((peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out Append? append));
                held.Enqueue((peer, message.Correlation, append.Id));
            }
            return ValueTask.CompletedTask;
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
        Task<AppendResult>[] results = Enumerable.Range(0, 10).Select(i => buck.AppendAsync(Packet(i))).ToArray();
        await Wait.For(() => held.Count == 10, "all packets arrive");
        Assert.All(results, result => Assert.False(result.IsCompleted));
        foreach ((ServerConnection peer, uint correlation, PacketId id) in held.Reverse())
        {
            if (id.Value % 2 == 0)
                await peer.SendAsync(correlation, new Ack(id));
            else
                await peer.SendAsync(correlation, new Nack(id, NackReason.DiskFull, TimeSpan.FromSeconds(id.Value == 1 ? 1 : 2), "full"));
        }
        for (int i = 0; i < 10; i++)
        {
            AppendResult result = await results[i].WaitAsync(TestEnvironment.Patience);
            Assert.Equal(i % 2 == 0, result.IsDelivered);
            if (i == 1)
                Assert.Equal(new AppendResult(AppendOutcome.Refused, NackReason.DiskFull, TimeSpan.FromSeconds(1), "full"), result);
        }
    }

    [Fact]
    public async Task When_the_connection_drops_everything_that_waits_fails_at_once()
    {
        var arrived = new SemaphoreSlim(0);
        await using BuckListener listener = environment.Listen((_, message) =>
        {
            message.Dispose();
            arrived.Release();
            return ValueTask.CompletedTask;
        });
        var proxy = new SeverableProxy(listener.LocalEndPoint);
        ConnectResult result = await BuckConnection.ConnectAsync(proxy.EndPoint, environment.Issue(Role.Operator));
        await using BuckConnection buck = result.Connection!;
        Task<AppendResult> append = buck.AppendAsync(Packet(1));
        Task<Buckets> list = buck.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 10));
        await using ReplyBatches<SearchResult> search = await buck.SearchAsync(new Search("", 0, 1, 0, 1, 10, false));
        Task<bool> batch = search.GetAsyncEnumerator().MoveNextAsync().AsTask();
        for (int i = 0; i < 3; i++)
            Assert.True(await arrived.WaitAsync(TestEnvironment.Patience));
        proxy.Dispose();
        Assert.Equal(AppendOutcome.Disconnected, (await append.WaitAsync(TestEnvironment.Patience)).Outcome);
        Assert.Equal(WireErrorCode.Disconnected, (await Assert.ThrowsAsync<WireException>(() => list.WaitAsync(TestEnvironment.Patience))).Code);
        Assert.Equal(WireErrorCode.Disconnected, (await Assert.ThrowsAsync<WireException>(() => batch.WaitAsync(TestEnvironment.Patience))).Code);
        Assert.Equal(DisconnectReason.Lost, buck.Reason);
        Assert.Equal(AppendOutcome.Disconnected, (await buck.AppendAsync(Packet(2))).Outcome);
        await Assert.ThrowsAsync<WireException>(() => buck.ListBucketsAsync(new ListBuckets(0, 1, 1)));
    }

    [Fact]
    public async Task Each_request_gets_its_typed_reply()
    {
        var file = new BucketFileName(600_000_000, 60, 1);
        var listing = new BucketListing(file, 100, 2, new ContentHash(7), true);
        var record = new RecordListing(32, 5, 1, 0, new PacketId(9), new byte[] { 1, 2 });
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                uint c = message.Correlation;
                if (message.TryRead(out ListBuckets? _))
                    await peer.SendAsync(c, new Buckets(true, [listing]));
                else if (message.TryRead(out ListRecords? _))
                    await peer.SendAsync(c, new RecordList(64, true, false, [record]));
                else if (message.TryRead(out Prune? prune))
                    await peer.SendAsync(c, new Pruned(prune.FileBytes == 100 ? PruneOutcome.Pruned : PruneOutcome.Changed));
                else if (message.TryRead(out Want? want))
                    await peer.SendAsync(c, new WantPassed(want.Ids.Count));
                else if (message.TryRead(out Lease? lease))
                    await peer.SendAsync(c, new Leased(true, lease.Holder, lease.Lifetime));
                else if (message.TryRead(out Manifest? manifest))
                    await peer.SendAsync(c, new Ack(manifest.Id));
                else if (message.TryRead(out Goodbye? _))
                    await peer.SendAsync(c, new Ack(default));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Operator);
        Assert.Equal(listing, Assert.Single((await buck.ListBucketsAsync(new ListBuckets(0, 1, 10))).Files));
        RecordListing read = Assert.Single((await buck.ListAsync(new ListRecords(file, 0, 1000))).Records);
        Assert.Equal((record.Position, record.Id), (read.Position, read.Id));
        Assert.Equal([1, 2], read.Header.ToArray());
        Assert.Equal(PruneOutcome.Pruned, await buck.PruneAsync(new Prune(file, 100, listing.IdsHash)));
        Assert.Equal(PruneOutcome.Changed, await buck.PruneAsync(new Prune(file, 99, listing.IdsHash)));
        Assert.Equal(2, await buck.WantAsync(new Want("web1", [new PacketId(1), new PacketId(2)])));
        Assert.Equal(new Leased(true, "me", TimeSpan.FromSeconds(5)), await buck.LeaseAsync(new Lease("recent", "me", TimeSpan.FromSeconds(5))));
        Assert.True((await buck.SendManifestAsync(new Manifest(new PacketId(3), new byte[10]))).IsDelivered);
        Assert.True((await buck.GoodbyeAsync(new Goodbye("web1", true, "retired"))).IsDelivered);
    }

    [Fact]
    public async Task A_buck_tells_an_agent_that_somebody_watches_and_which_packets_are_wanted()
    {
        var interest = new TaskCompletionSource<Interest>();
        var want = new TaskCompletionSource<Want>();
        await using BuckListener listener = environment.Listen(Ignore, options => options with
        {
            OnConnected = peer => _ = Task.Run(async () =>
            {
                await peer.SendAsync(0, new Interest(true, TimeSpan.FromSeconds(30)));
                await peer.SendAsync(0, new Want(peer.Peer.Name, [new PacketId(5)]));
            }),
        });
        await using BuckConnection buck = await environment.ConnectAsync(
            listener, Role.Agent, new BuckConnectionOptions { OnInterest = interest.SetResult, OnWant = want.SetResult });
        Assert.Equal(new Interest(true, TimeSpan.FromSeconds(30)), await interest.Task.WaitAsync(TestEnvironment.Patience));
        Assert.Equal(new PacketId(5), Assert.Single((await want.Task.WaitAsync(TestEnvironment.Patience)).Ids));
    }

    [Fact]
    public async Task A_heartbeat_arrives_with_its_values()
    {
        var received = new TaskCompletionSource<(string Name, Heartbeat Heartbeat)>();
        await using BuckListener listener = environment.Listen((peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out Heartbeat? heartbeat));
                received.SetResult((peer.Peer.Name, heartbeat));
            }
            return ValueTask.CompletedTask;
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
        await buck.HeartbeatAsync(new Heartbeat(42, new Dictionary<string, string> { ["spool_bytes"] = "17" }));
        (string name, Heartbeat heartbeat) = await received.Task.WaitAsync(TestEnvironment.Patience);
        Assert.Equal(("one", 42ul, "17"), (name, heartbeat.Sent, heartbeat.Values["spool_bytes"]));
    }

    [Fact]
    public async Task A_handler_that_throws_is_an_error_for_its_asker_and_nobody_else()
    {
        var failures = new ConcurrentQueue<Exception>();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                if (message.TryRead(out Lease? _))
                    throw new InvalidDataException("the disk is on fire");
                await peer.SendAsync(message.Correlation, new Buckets(false, []));
            }
        }, options => options with { OnHandlerFailed = (_, _, e) => failures.Enqueue(e) });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Porter);
        WireException failed = await Assert.ThrowsAsync<WireException>(() => buck.LeaseAsync(new Lease("a", "b", TimeSpan.Zero)));
        Assert.Equal((WireErrorCode.Failed, "the disk is on fire"), (failed.Code, failed.Message));
        Assert.Empty((await buck.ListBucketsAsync(new ListBuckets(0, 1, 1))).Files);
        Assert.IsType<InvalidDataException>(Assert.Single(failures));
    }

    [Fact]
    public async Task A_request_without_an_answer_times_out_and_is_cancelled_at_the_buck()
    {
        var cancelled = new TaskCompletionSource();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
                await Task.Delay(Timeout.Infinite, peer.CancellationOf(message)).ContinueWith(_ => cancelled.SetResult(), TaskScheduler.Default); // pause: until cancelled
        });
        await using BuckConnection buck = await environment.ConnectAsync(
            listener, Role.Porter, new BuckConnectionOptions { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        WireException failed = await Assert.ThrowsAsync<WireException>(() => buck.ListBucketsAsync(new ListBuckets(0, 1, 1)));
        Assert.Equal(WireErrorCode.TimedOut, failed.Code);
        await cancelled.Task.WaitAsync(TestEnvironment.Patience);
    }

    [Fact]
    public async Task More_requests_at_once_than_the_limit_are_answered_busy()
    {
        var gate = new TaskCompletionSource();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                await gate.Task;
                await peer.SendAsync(message.Correlation, new Buckets(false, []));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Porter);
        Task<Buckets>[] lists = Enumerable.Range(0, WireLimits.ConcurrentRequestsMax + 1).Select(_ => buck.ListBucketsAsync(new ListBuckets(0, 1, 1))).ToArray();
        WireException busy = await Assert.ThrowsAsync<WireException>(() => lists[^1].WaitAsync(TestEnvironment.Patience));
        Assert.Equal(WireErrorCode.Busy, busy.Code);
        gate.SetResult();
        await Task.WhenAll(lists[..^1]).WaitAsync(TestEnvironment.Patience);
    }

    [Fact]
    public async Task Nobody_listening_and_a_wrong_service_are_outcomes_not_exceptions()
    {
        var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var endpoint = (IPEndPoint)silent.LocalEndpoint;
        silent.Stop();
        ConnectResult result = await BuckConnection.ConnectAsync(endpoint, environment.Issue(Role.Agent));
        Assert.Equal(HandshakeStatus.Unreachable, result.Status);
        Assert.Contains(endpoint.ToString(), result.Text, StringComparison.Ordinal);
        result = await BuckConnection.ConnectAsync(new DnsEndPoint("no-such-host.invalid", 1), environment.Issue(Role.Agent));
        Assert.Equal(HandshakeStatus.Unreachable, result.Status);
    }

    private static ValueTask Ignore(ServerConnection peer, ReceivedMessage message)
    {
        message.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Append Packet(int number) => new(new PacketId((UInt128)number), 0, 2, AppendOptions.None, new byte[100]);
}
