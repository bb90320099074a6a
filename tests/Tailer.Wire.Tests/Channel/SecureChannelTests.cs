using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Wire.Tests.Channel;

public sealed class SecureChannelTests : IDisposable
{
    private readonly TestEnvironment environment = new();

    public void Dispose() => environment.Dispose();

    [Fact]
    public async Task A_session_is_read_the_same_wherever_the_stream_of_bytes_is_split()
    {
        CredentialFile agent = environment.Issue(Role.Agent);
        CredentialFile buck = environment.Issue(Role.Buck);
        long total = await RunSessionAsync(agent, buck, long.MaxValue);
        await RunSessionAsync(agent, buck, -1);
        for (long boundary = 1; boundary < total; boundary++)
            await RunSessionAsync(agent, buck, boundary);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(WireLimits.RecordsPerKey)]
    public async Task What_is_said_to_be_here_is_received_at_once_and_looking_ahead_changes_nothing(int recordsPerKey)
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment, new ChannelOptions { RecordsPerKey = recordsPerKey }, new ChannelOptions { RecordsPerKey = recordsPerKey });
        const int messages = 300;
        // Some are in one record with others, some in several, and what is not an APPEND is among them.
        for (uint i = 1; i <= messages; i++)
        {
            if (i % 11 == 0)
                await pair.AgentChannel.SendAsync(i, new Goodbye("web1", false, "not now"));
            else
                await pair.AgentChannel.SendAsync(i, new Append(new PacketId(i), 0, 1, AppendOptions.None, new byte[i * 7919 % 200_000]));
        }
        await pair.AgentChannel.CloseAsync();
        int here = 0;
        for (uint i = 1; i <= messages; i++)
        {
            bool said = pair.BuckChannel.IsNextHere(MessageType.Append);
            Assert.Equal(said, pair.BuckChannel.IsNextHere(MessageType.Append));
            ValueTask<ReceivedMessage?> receiving = pair.BuckChannel.ReceiveAsync();
            Assert.True(!said || receiving.IsCompletedSuccessfully);
            using ReceivedMessage? message = await receiving.AsTask().WaitAsync(TestEnvironment.Patience);
            Assert.Equal(i, message!.Correlation);
            Assert.True(!said || message.Type == MessageType.Append);
            Assert.True(!message.TryRead(out Append? append) || append.Frame.Length == i * 7919 % 200_000);
            here += said ? 1 : 0;
        }
        Assert.True(here > messages / 4, $"{here} of {messages} were seen before they were received");
        Assert.False(pair.BuckChannel.IsNextHere(MessageType.Append));
        Assert.Null(await pair.BuckChannel.ReceiveAsync());
        Assert.Equal(DisconnectReason.ClosedByPeer, pair.BuckChannel.Reason);
    }

    [Fact]
    public async Task A_message_is_not_said_to_be_here_before_its_last_byte_wherever_the_stream_is_interrupted()
    {
        CredentialFile agent = environment.Issue(Role.Agent);
        CredentialFile buck = environment.Issue(Role.Buck);
        const int total = 220_000;
        for (int missing = 0; missing < 148_000; missing += missing < 40 ? 1 : 971)
        {
            ChannelPair pair = await ChannelPair.OpenAsync(agent, buck);
            var sent = new List<byte>();
            pair.AgentStream.Change = bytes =>
            {
                sent.AddRange(bytes);
                return [];
            };
            await pair.AgentChannel.SendAsync(1, new Append(new PacketId(1), 0, 1, AppendOptions.None, new byte[70_000]));
            await pair.AgentChannel.SendAsync(2, new Append(new PacketId(2), 0, 1, AppendOptions.None, new byte[total - 70_000]));
            await Wait.For(() => sent.Count > total, "both were sent");
            pair.AgentStream.Change = bytes => bytes;
            await pair.AgentStream.WriteAsync(sent.ToArray().AsMemory(..^missing));
            using (ReceivedMessage? first = await pair.BuckChannel.ReceiveAsync())
                Assert.Equal(1u, first!.Correlation);
            Assert.Equal(missing == 0, pair.BuckChannel.IsNextHere(MessageType.Append));
            ValueTask<ReceivedMessage?> second = pair.BuckChannel.ReceiveAsync();
            Assert.Equal(missing == 0, second.IsCompleted);
            await pair.AgentStream.WriteAsync(sent.ToArray().AsMemory(^missing..));
            using ReceivedMessage? message = await second.AsTask().WaitAsync(TestEnvironment.Patience);
            Assert.True(message!.TryRead(out Append? append));
            Assert.Equal(total - 70_000, append.Frame.Length);
        }
    }

    [Fact]
    public async Task Messages_of_two_concurrent_senders_arrive_whole_and_in_each_senders_order()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment.Issue(Role.Agent), environment.Issue(Role.Buck), threshold: 100_000);
        const int perSender = 200;
        Task[] senders = Enumerable.Range(0, 2).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < perSender; i++)
            {
                // Sizes around the record's and the buffer's, so that messages are sent in pieces.
                byte[] frame = Enumerable.Repeat((byte)(sender + 1), (i * 7919) % 300_000).ToArray();
                await pair.AgentChannel.SendAsync((uint)i, new Append(new PacketId((UInt128)sender), 0, 1, AppendOptions.None, frame));
            }
        })).ToArray();
        int[] next = new int[2];
        for (int n = 0; n < 2 * perSender; n++)
        {
            using ReceivedMessage? message = await pair.BuckChannel.ReceiveAsync().AsTask().WaitAsync(TestEnvironment.Patience);
            Assert.True(message!.TryRead(out Append? append));
            int sender = (int)append.Id.Value;
            Assert.Equal((uint)next[sender], message.Correlation);
            Assert.Equal((next[sender]++ * 7919) % 300_000, append.Frame.Length);
            Assert.Equal(-1, append.Frame.Span.IndexOfAnyExcept((byte)(sender + 1)));
        }
        await Task.WhenAll(senders);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Rekeying_goes_unnoticed_in_both_directions(int recordsPerKey)
    {
        var options = new ChannelOptions { RecordsPerKey = recordsPerKey };
        ChannelPair pair = await ChannelPair.OpenAsync(environment, options, options);
        for (uint i = 1; i <= 3 * (uint)recordsPerKey + 2; i++)
        {
            await pair.AgentChannel.SendAsync(i, new Goodbye("web1", false, $"{i}"));
            using ReceivedMessage? request = await pair.BuckChannel.ReceiveAsync();
            Assert.True(request!.TryRead(out Goodbye? goodbye));
            Assert.Equal($"{i}", goodbye.Reason);
            await pair.BuckChannel.SendAsync(i, new Ack(default));
            using ReceivedMessage? reply = await pair.AgentChannel.ReceiveAsync();
            Assert.Equal(i, reply!.Correlation);
        }
    }

    [Fact]
    public async Task A_peer_that_does_not_rekey_is_noticed_at_the_boundary()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment, new ChannelOptions { RecordsPerKey = 1000 }, new ChannelOptions { RecordsPerKey = 3 });
        for (int i = 0; i < 3; i++)
        {
            await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, ""));
            using ReceivedMessage? message = await pair.BuckChannel.ReceiveAsync();
            Assert.NotNull(message);
        }
        await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, ""));
        Assert.Null(await pair.BuckChannel.ReceiveAsync());
        Assert.Equal(DisconnectReason.Tampered, pair.BuckChannel.Reason);
    }

    [Fact]
    public async Task A_repeated_record_ends_the_channel_and_is_counted()
    {
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "tailer.wire.disconnects")
                meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags[0].Value is "Tampered")
                Interlocked.Add(ref counted, value);
        });
        listener.Start();
        ChannelPair pair = await ChannelPair.OpenAsync(environment);
        pair.AgentStream.Change = bytes => [.. bytes, .. bytes];
        await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, ""));
        using (ReceivedMessage? first = await pair.BuckChannel.ReceiveAsync())
            Assert.NotNull(first);
        Assert.Null(await pair.BuckChannel.ReceiveAsync());
        Assert.Equal(DisconnectReason.Tampered, pair.BuckChannel.Reason);
        Assert.True(Interlocked.Read(ref counted) >= 1);
    }

    [Fact]
    public async Task A_record_that_is_left_out_ends_the_channel()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment);
        pair.AgentStream.Change = _ => [];
        await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, "left out"));
        pair.AgentStream.Change = bytes => bytes;
        await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, ""));
        Assert.Null(await pair.BuckChannel.ReceiveAsync());
        Assert.Equal(DisconnectReason.Tampered, pair.BuckChannel.Reason);
    }

    [Fact]
    public async Task Any_flipped_byte_of_a_record_ends_the_channel()
    {
        CredentialFile agent = environment.Issue(Role.Agent);
        CredentialFile buck = environment.Issue(Role.Buck);
        // The length's second byte makes a record that never ends; that is the idle timeout's business.
        for (int i = 0; i < 60; i = i == 0 ? 2 : i + 1)
        {
            int at = i;
            ChannelPair pair = await ChannelPair.OpenAsync(agent, buck);
            pair.AgentStream.Change = bytes =>
            {
                if (at < bytes.Length)
                    bytes[at] ^= 1;
                return bytes;
            };
            await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, new string('x', 40)));
            await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, new string('x', 40)));
            Assert.False(pair.BuckChannel.IsNextHere(MessageType.Goodbye));
            Assert.Null(await pair.BuckChannel.ReceiveAsync().AsTask().WaitAsync(TestEnvironment.Patience));
            Assert.Equal(DisconnectReason.Tampered, pair.BuckChannel.Reason);
        }
    }

    [Fact]
    public async Task A_stream_cut_anywhere_is_never_taken_for_an_orderly_end()
    {
        CredentialFile agent = environment.Issue(Role.Agent);
        CredentialFile buck = environment.Issue(Role.Buck);
        int whole = await CutAsync(agent, buck, int.MaxValue, DisconnectReason.ClosedByPeer);
        for (int keep = 0; keep < whole; keep++)
            await CutAsync(agent, buck, keep, DisconnectReason.Lost);
    }

    [Fact]
    public async Task Closing_sends_what_was_accepted_and_both_sides_know_that_nothing_is_missing()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment);
        for (int i = 0; i < 100; i++)
            await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, new string('x', 900)));
        await pair.AgentChannel.CloseAsync();
        for (int i = 0; i < 100; i++)
        {
            using ReceivedMessage? message = await pair.BuckChannel.ReceiveAsync();
            Assert.NotNull(message);
        }
        Assert.Null(await pair.BuckChannel.ReceiveAsync());
        Assert.Equal(DisconnectReason.ClosedByPeer, pair.BuckChannel.Reason);
        Assert.Equal(DisconnectReason.ClosedHere, pair.AgentChannel.Reason);
        await Assert.ThrowsAsync<WireException>(async () => await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, "")));
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_given_up_and_one_that_only_pings_is_not()
    {
        var agentClock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var buckClock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        ChannelPair pair = await ChannelPair.OpenAsync(environment, new ChannelOptions { Clock = agentClock }, new ChannelOptions { Clock = buckClock });
        Task<ReceivedMessage?> agent = pair.AgentChannel.ReceiveAsync().AsTask();
        Task<ReceivedMessage?> buck = pair.BuckChannel.ReceiveAsync().AsTask();
        for (int i = 0; i < 10; i++)
        {
            long read = pair.BuckStream.BytesRead;
            agentClock.Advance(TimeSpan.FromSeconds(16));
            await Wait.For(() => pair.BuckStream.BytesRead > read, "the agent pings");
            buckClock.Advance(TimeSpan.FromSeconds(16));
        }
        Assert.False(buck.IsCompleted);
        // The agent's clock stands still now, so nothing more is sent.
        for (int i = 0; i < 8; i++)
            buckClock.Advance(TimeSpan.FromSeconds(7));
        Assert.Null(await buck.WaitAsync(TestEnvironment.Patience));
        Assert.Equal(DisconnectReason.IdleTimeout, pair.BuckChannel.Reason);
        Assert.Null(await agent.WaitAsync(TestEnvironment.Patience));
    }

    [Fact]
    public async Task A_peer_that_takes_no_bytes_is_given_up_and_its_senders_are_told()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        ChannelPair pair = await ChannelPair.OpenAsync(
            environment.Issue(Role.Agent), environment.Issue(Role.Buck), new ChannelOptions { Clock = clock }, threshold: 4096);
        Task[] senders = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (true)
                await pair.AgentChannel.SendAsync(0, new Append(default, 0, 1, AppendOptions.None, new byte[200_000]));
        })).ToArray();
        await Wait.For(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            return pair.AgentChannel.Reason != DisconnectReason.None;
        }, "the write times out");
        Assert.Equal(DisconnectReason.SendTimeout, pair.AgentChannel.Reason);
        foreach (Task sender in senders)
            await Assert.ThrowsAsync<WireException>(() => sender.WaitAsync(TestEnvironment.Patience));
    }

    /// <summary>Handshake, then small and larger messages one way, read at a stream split at the boundary; returns the bytes of that way.</summary>
    private static async Task<long> RunSessionAsync(CredentialFile agent, CredentialFile buck, long boundary)
    {
        ChannelPair pair = await ChannelPair.OpenAsync(agent, buck, prepare: (_, right) => right.ReadBoundary = boundary);
        for (uint i = 1; i <= 3; i++)
            await pair.AgentChannel.SendAsync(i, new Append(new PacketId(i), 0, 1, AppendOptions.None, new byte[i * 40]));
        await pair.AgentChannel.CloseAsync();
        for (uint i = 1; i <= 3; i++)
        {
            bool here = pair.BuckChannel.IsNextHere(MessageType.Append);
            ValueTask<ReceivedMessage?> receiving = pair.BuckChannel.ReceiveAsync();
            Assert.True(!here || receiving.IsCompletedSuccessfully, $"boundary {boundary}");
            using ReceivedMessage? message = await receiving.AsTask().WaitAsync(TestEnvironment.Patience);
            Assert.True(message is not null, $"boundary {boundary}: {pair.BuckChannel.Reason}");
            Assert.True(message.TryRead(out Append? append));
            Assert.Equal((int)i * 40, append.Frame.Length);
        }
        Assert.Null(await pair.BuckChannel.ReceiveAsync());
        Assert.Equal(DisconnectReason.ClosedByPeer, pair.BuckChannel.Reason);
        return pair.BuckStream.BytesRead;
    }

    private static async Task<int> CutAsync(CredentialFile agent, CredentialFile buck, int keep, DisconnectReason expected)
    {
        ChannelPair pair = await ChannelPair.OpenAsync(agent, buck);
        int sent = 0;
        pair.AgentStream.Change = bytes =>
        {
            byte[] kept = bytes[..Math.Clamp(keep - sent, 0, bytes.Length)];
            sent += bytes.Length;
            return kept;
        };
        await pair.AgentChannel.SendAsync(0, new Goodbye("web1", false, "why"));
        await pair.AgentChannel.CloseAsync();
        while (await pair.BuckChannel.ReceiveAsync().AsTask().WaitAsync(TestEnvironment.Patience) is { } message)
            message.Dispose();
        Assert.Equal(expected, pair.BuckChannel.Reason);
        return sent;
    }
}
