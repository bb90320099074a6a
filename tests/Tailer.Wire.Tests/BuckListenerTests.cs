using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Wire.Tests;

public sealed class BuckListenerTests : IDisposable
{
    private readonly TestEnvironment environment = new();

    public void Dispose() => environment.Dispose();

    [Fact]
    public void A_listener_needs_a_bucks_credential() =>
        Assert.Throws<ArgumentException>(() => environment.Listen(Ignore, options => options with { Credential = environment.Issue(Role.Agent) }));

    [Fact]
    public async Task A_slow_handler_holds_up_its_own_peer_only()
    {
        var gate = new TaskCompletionSource();
        int slow = 0;
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                Assert.True(message.TryRead(out Append? append));
                if (peer.Peer.Name == "slow")
                {
                    Interlocked.Increment(ref slow);
                    await gate.Task;
                }
                await peer.SendAsync(message.Correlation, new Ack(append.Id));
            }
        });
        await using BuckConnection held = (await BuckConnection.ConnectAsync(listener.LocalEndPoint, environment.Issue(Role.Agent, "slow"))).Connection!;
        await using BuckConnection free = (await BuckConnection.ConnectAsync(listener.LocalEndPoint, environment.Issue(Role.Agent, "quick"))).Connection!;
        Task<AppendResult>[] waiting = Enumerable.Range(0, 5).Select(i => held.AppendAsync(Packet(i))).ToArray();
        for (int i = 0; i < 20; i++)
            Assert.True((await free.AppendAsync(Packet(i)).WaitAsync(TestEnvironment.Patience)).IsDelivered);
        Assert.Equal(1, Volatile.Read(ref slow));
        gate.SetResult();
        await Task.WhenAll(waiting).WaitAsync(TestEnvironment.Patience);
    }

    [Fact]
    public async Task Packets_that_come_together_are_handled_in_order_each_with_the_id_of_its_own_frame()
    {
        var gate = new TaskCompletionSource();
        var order = new ConcurrentQueue<uint>();
        int known = 0;
        int wrong = 0;
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            using (message)
            {
                await gate.Task;
                order.Enqueue(message.Correlation);
                if (!message.TryRead(out Append? append))
                    return;
                known += message.FrameId is null ? 0 : 1;
                if (message.FrameId is { } id && id != Blocks.Packet.IdOf(append.Frame.Span))
                    wrong++;
                await peer.SendAsync(message.Correlation, new Ack(append.Id));
            }
        });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
        var sent = new List<Task<AppendResult>>();
        for (int i = 0; i < 100; i++)
        {
            byte[] frame = new byte[i * 7919 % 30_000];
            Random.Shared.NextBytes(frame);
            sent.Add(buck.AppendAsync(new Append(new PacketId((UInt128)(uint)i + 1), 0, 2, AppendOptions.None, frame)));
            if (i % 10 == 9)
                await buck.HeartbeatAsync(new Heartbeat(0, new Dictionary<string, string>()));
        }
        gate.SetResult();
        foreach (Task<AppendResult> answer in sent)
            Assert.True((await answer.WaitAsync(TestEnvironment.Patience)).IsDelivered);
        Assert.Equal(0, wrong);
        Assert.All(order.Index(), handled => Assert.Equal(handled.Index % 11 == 10, handled.Item == 0));
        Assert.True(known > 20, $"the ids of {known} of 100 were known");
    }

    [Fact]
    public async Task A_connection_that_lay_idle_waits_without_a_buffer_and_takes_what_comes_whole()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using BuckListener listener = environment.Listen(
            async (peer, message) =>
            {
                using (message)
                {
                    Assert.True(message.TryRead(out Append? append));
                    await peer.SendAsync(message.Correlation, new Ack(append.Id));
                }
            },
            options => options with { Channel = new ChannelOptions { Clock = clock } });
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
        byte[] large = new byte[300_000];
        for (int i = 0; i < 6; i++)
        {
            var id = new PacketId((UInt128)(uint)i);
            var append = new Append(id, 0, 2, AppendOptions.None, i % 2 == 0 ? large : large.AsMemory(0, 10));
            Assert.True((await buck.AppendAsync(append).WaitAsync(TestEnvironment.Patience)).IsDelivered);
            clock.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.Single(listener.Connections);
        await buck.DisposeAsync();
        await Wait.For(() => listener.Connections.Count == 0, "an end is seen without a buffer, too");
    }

    [Fact]
    public async Task Refused_handshakes_are_reported_and_the_next_peer_is_served()
    {
        using var other = new TestEnvironment();
        var refused = new ConcurrentQueue<HandshakeResult>();
        await using BuckListener listener = environment.Listen(Ignore, options => options with { OnRefused = (_, result) => refused.Enqueue(result) });
        ConnectResult result = await BuckConnection.ConnectAsync(listener.LocalEndPoint, other.Issue(Role.Agent));
        Assert.Equal(HandshakeStatus.OtherEnvironment, result.Status);
        using (var stranger = new TcpClient())
        {
            await stranger.ConnectAsync(listener.LocalEndPoint);
            await stranger.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: buck\r\n\r\n"u8.ToArray());
            await Wait.For(() => refused.Count == 2, "both are reported");
        }
        Assert.Contains(refused, r => r.Status == HandshakeStatus.OtherEnvironment);
        Assert.Contains(refused, r => r.Status == HandshakeStatus.NotTailer);
        await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
    }

    [Fact]
    public async Task More_connections_than_the_limit_are_turned_away_until_one_leaves()
    {
        await using BuckListener listener = environment.Listen(Ignore, options => options with { ConnectionsMax = 1 });
        await using (BuckConnection first = await environment.ConnectAsync(listener, Role.Agent))
        {
            await Wait.For(() => listener.Connections.Count == 1, "the first is registered");
            Assert.Equal(HandshakeStatus.Busy, (await BuckConnection.ConnectAsync(listener.LocalEndPoint, environment.Issue(Role.Agent))).Status);
        }
        await Wait.For(() => listener.Connections.Count == 0, "the first is gone");
        await using BuckConnection next = await environment.ConnectAsync(listener, Role.Agent);
    }

    [Fact]
    public async Task A_revocation_counts_from_the_next_handshake()
    {
        using var directory = new TempDirectory();
        CredentialFile agent = environment.Issue(Role.Agent);
        EnvironmentTrust trust = environment.Authority.Trust;
        await using BuckListener listener = environment.Listen(Ignore, options => options with { Trust = () => trust });
        await using (BuckConnection before = (await BuckConnection.ConnectAsync(listener.LocalEndPoint, agent)).Connection!)
            Assert.Equal(DisconnectReason.None, before.Reason);
        environment.Authority.SaveRevocations(directory["revoked"], [agent.Credential.Serial], TimeProvider.System);
        trust = trust.With(RevocationList.Load(directory["revoked"], trust));
        ConnectResult after = await BuckConnection.ConnectAsync(listener.LocalEndPoint, agent);
        Assert.Equal((HandshakeStatus.RefusedByPeer, CredentialFailure.Revoked), (after.Status, after.Credential));
    }

    [Fact]
    public async Task Who_is_connected_is_disconnected_when_its_credential_expires_or_is_revoked()
    {
        using var directory = new TempDirectory();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        CredentialFile expiring = environment.Issue(Role.Agent, "expiring", validity: TimeSpan.FromMinutes(10));
        CredentialFile revoked = environment.Issue(Role.Agent, "revoked");
        CredentialFile good = environment.Issue(Role.Agent, "good");
        EnvironmentTrust trust = environment.Authority.Trust;
        var refused = new ConcurrentQueue<HandshakeResult>();
        await using BuckListener listener = environment.Listen(Ignore, options => options with
        {
            Trust = () => trust,
            OnRefused = (_, result) => refused.Enqueue(result),
            Channel = new ChannelOptions { Clock = clock, IdleTimeout = TimeSpan.FromDays(1) },
        });
        await using BuckConnection one = (await BuckConnection.ConnectAsync(listener.LocalEndPoint, expiring)).Connection!;
        await using BuckConnection two = (await BuckConnection.ConnectAsync(listener.LocalEndPoint, revoked)).Connection!;
        await using BuckConnection three = (await BuckConnection.ConnectAsync(listener.LocalEndPoint, good)).Connection!;
        await Wait.For(() => listener.Connections.Count == 3, "all are registered");
        environment.Authority.SaveRevocations(directory["revoked"], [revoked.Credential.Serial], TimeProvider.System);
        trust = trust.With(RevocationList.Load(directory["revoked"], trust));
        clock.Advance(TimeSpan.FromMinutes(1));
        await Wait.For(() => two.Reason == DisconnectReason.ClosedByPeer, "the revoked one is disconnected");
        Assert.Equal(DisconnectReason.None, one.Reason);
        await Wait.For(() =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return one.Reason == DisconnectReason.ClosedByPeer;
        }, "the expired one is disconnected");
        Assert.Equal(DisconnectReason.None, three.Reason);
        Assert.Equal([CredentialFailure.Revoked, CredentialFailure.Expired], refused.Select(r => r.Credential));
    }

    [Fact]
    public async Task Stopping_while_a_peer_sends_loses_none_of_the_acks_that_were_given()
    {
        for (int round = 0; round < 10; round++)
        {
            int acked = 0;
            BuckListener listener = environment.Listen(async (peer, message) =>
            {
                using (message)
                {
                    Assert.True(message.TryRead(out Append? append));
                    if (await peer.TrySendAsync(message.Correlation, new Ack(append.Id)))
                        Interlocked.Increment(ref acked);
                }
            });
            await using BuckConnection buck = await environment.ConnectAsync(listener, Role.Agent);
            Task<AppendResult>[] results = Enumerable.Range(0, 300)
                .Select(i => buck.AppendAsync(new Append(new PacketId((UInt128)i), 0, 1, AppendOptions.None, new byte[20_000]))).ToArray();
            await results[0].WaitAsync(TestEnvironment.Patience);
            await listener.DisposeAsync();
            AppendResult[] outcomes = await Task.WhenAll(results).WaitAsync(TestEnvironment.Patience);
            Assert.Equal(acked, outcomes.Count(outcome => outcome.IsDelivered));
            Assert.Equal(DisconnectReason.ClosedByPeer, buck.Reason);
        }
    }

    /// <summary>
    /// A socket that is closed while it has unread bytes is reset, and what waits in its send buffer is thrown away. The
    /// handler is held, so that bytes stay unread; the client reads late, so that bytes wait.
    /// </summary>
    [Fact]
    public async Task Closing_while_bytes_are_unread_loses_nothing_that_was_sent()
    {
        const int results = 20;
        var gate = new TaskCompletionSource();
        var sent = new TaskCompletionSource<ServerConnection>();
        await using BuckListener listener = environment.Listen(async (peer, message) =>
        {
            message.Dispose();
            if (sent.Task.IsCompleted)
                return;
            for (int i = 0; i < results; i++)
                await peer.SendAsync(1, new SearchResult([new byte[50_000]]));
            sent.SetResult(peer);
            await gate.Task;
        });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 << 10 };
        await socket.ConnectAsync(listener.LocalEndPoint);
        HandshakeResult result = await SecureChannel.ConnectAsync(new NetworkStream(socket), environment.Issue(Role.Agent), Role.Buck, "buck");
        await using SecureChannel client = result.Channel!;
        for (int i = 0; i < 50; i++)
            await client.SendAsync(0, new Goodbye("one", false, new string('x', 900)));
        ServerConnection server = await sent.Task.WaitAsync(TestEnvironment.Patience);
        Task closing = server.CloseAsync().AsTask();
        await Task.WhenAny(closing, Task.Delay(TimeSpan.FromMilliseconds(300))); // pause: a close that does not linger is over by then
        int received = 0;
        while (await client.ReceiveAsync().AsTask().WaitAsync(TestEnvironment.Patience) is { } message)
        {
            message.Dispose();
            received++;
        }
        gate.SetResult();
        Assert.Equal((results, DisconnectReason.ClosedByPeer), (received, client.Reason));
        await closing;
    }

    [Fact]
    public async Task Stopping_ends_all_connections_in_an_orderly_way()
    {
        BuckListener listener = environment.Listen(Ignore);
        await using BuckConnection one = await environment.ConnectAsync(listener, Role.Agent);
        await using BuckConnection two = await environment.ConnectAsync(listener, Role.Porter);
        await Wait.For(() => listener.Connections.Count == 2, "both are registered");
        Task<AppendResult> unanswered = one.AppendAsync(Packet(1));
        await listener.DisposeAsync();
        Assert.Equal(AppendOutcome.Disconnected, (await unanswered.WaitAsync(TestEnvironment.Patience)).Outcome);
        await Wait.For(() => two.Reason != DisconnectReason.None, "the second hears of it");
        Assert.Equal((DisconnectReason.ClosedByPeer, DisconnectReason.ClosedByPeer), (one.Reason, two.Reason));
    }

    private static ValueTask Ignore(ServerConnection peer, ReceivedMessage message)
    {
        message.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Append Packet(int number) => new(new PacketId((UInt128)number), 0, 2, AppendOptions.None, new byte[100]);
}
