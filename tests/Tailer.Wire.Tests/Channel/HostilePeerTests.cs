using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Wire.Noise;

namespace Tailer.Wire.Tests.Channel;

/// <summary>A peer with a good credential that then sends what no honest peer would.</summary>
public sealed class HostilePeerTests : IDisposable
{
    private static readonly byte[] Key = Enumerable.Repeat((byte)9, 32).ToArray();

    private readonly TestEnvironment environment = new();

    public void Dispose() => environment.Dispose();

    [Theory]
    [InlineData(MessageType.Append, (uint)WireLimits.FrameBytesMax + 21)]
    [InlineData(MessageType.Append, uint.MaxValue)]
    [InlineData(MessageType.Goodbye, 4097u)]
    [InlineData(MessageType.Ping, uint.MaxValue)]
    [InlineData((MessageType)0xee, uint.MaxValue)]
    public async Task A_body_over_its_types_limit_ends_the_channel_before_memory_is_rented(MessageType type, uint bodyBytes)
    {
        (SecureChannel channel, RecordWriter peer, _) = Connect(Role.Agent);
        await SendRawAsync(peer, Header(type, 1, bodyBytes));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(await channel.ReceiveAsync());
        Assert.Equal(DisconnectReason.ProtocolBroken, channel.Reason);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 256 << 10);
    }

    [Fact]
    public async Task A_record_of_an_impossible_length_ends_the_channel()
    {
        (SecureChannel channel, _, DuplexStream stream) = Connect(Role.Agent);
        await stream.WriteAsync(new byte[] { 15, 0 });
        Assert.Null(await channel.ReceiveAsync());
        Assert.Equal(DisconnectReason.ProtocolBroken, channel.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(300_000)]
    public async Task An_unknown_type_is_skipped_and_answered_and_the_channel_goes_on(int bodyBytes)
    {
        (SecureChannel channel, RecordWriter peer, DuplexStream stream) = Connect(Role.Agent);
        await SendRawAsync(peer, [.. Header((MessageType)0xee, 77, (uint)bodyBytes), .. new byte[bodyBytes]]);
        await SendRawAsync(peer, [.. Header(MessageType.Goodbye, 78, 6), 0, 1, (byte)'h', 0, 1, 2]);
        using ReceivedMessage? next = await channel.ReceiveAsync();
        Assert.True(next!.TryRead(out Goodbye? goodbye));
        Assert.Equal("h", goodbye.Host);
        (uint correlation, ErrorReply error) = await ReadErrorAsync(stream);
        Assert.Equal((77u, WireErrorCode.UnknownType), (correlation, error.Code));
    }

    [Theory]
    [InlineData(Role.Agent, MessageType.Prune)]
    [InlineData(Role.Agent, MessageType.Search)]
    [InlineData(Role.Archie, MessageType.Append)]
    [InlineData(Role.Archie, MessageType.Prune)]
    [InlineData(Role.Porter, MessageType.Heartbeat)]
    [InlineData(Role.Operator, MessageType.Ack)]
    public async Task A_message_that_the_peers_role_may_not_send_is_skipped_and_answered(Role role, MessageType type)
    {
        (SecureChannel channel, RecordWriter peer, DuplexStream stream) = Connect(role);
        await SendRawAsync(peer, [.. Header(type, 5, 100), .. new byte[100]]);
        peer.AppendEndOfStream();
        await peer.FlushAsync();
        Assert.Null(await channel.ReceiveAsync());
        Assert.Equal(DisconnectReason.ClosedByPeer, channel.Reason);
        (uint correlation, ErrorReply error) = await ReadErrorAsync(stream);
        Assert.Equal((5u, WireErrorCode.NotAllowed), (correlation, error.Code));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(13)]
    public async Task An_end_in_the_middle_of_a_message_is_a_broken_protocol(int keep)
    {
        (SecureChannel channel, RecordWriter peer, _) = Connect(Role.Agent);
        byte[] message = [.. Header(MessageType.Goodbye, 5, 100), 1, 2, 3];
        await SendRawAsync(peer, message[..keep]);
        peer.AppendEndOfStream();
        await peer.FlushAsync();
        Assert.Null(await channel.ReceiveAsync());
        Assert.Equal(DisconnectReason.ProtocolBroken, channel.Reason);
    }

    [Fact]
    public void Every_type_has_a_sender_and_a_limit_and_everything_else_is_unknown()
    {
        MessageType[] types = Enum.GetValues<MessageType>();
        for (int type = 0; type < 300; type++)
            Assert.Equal(types.Contains((MessageType)type), MessageRules.IsKnown(type));
        Assert.All(types, type => Assert.Contains(Enum.GetValues<Role>(), role => MessageRules.MaySend(role, type)));
        Assert.All(types, type => Assert.False(MessageRules.MaySend(Role.None, type)));
    }

    /// <summary>A buck's channel whose peer is a bare record writer with the right key.</summary>
    private (SecureChannel Channel, RecordWriter Peer, DuplexStream PeerStream) Connect(Role role)
    {
        (DuplexStream left, DuplexStream right) = DuplexStream.Pair();
        var options = new ChannelOptions();
        var channel = new SecureChannel(right, Cipher(), new RecordReader(right, Cipher(), options),
            new PeerIdentity(environment.Issue(role).Chain, ""), environment.Issue(Role.Buck), 1, options);
        return (channel, new RecordWriter(left, Cipher(), options, reason => Assert.Fail(reason.ToString())), left);
    }

    private static async Task<(uint Correlation, ErrorReply Error)> ReadErrorAsync(DuplexStream stream)
    {
        using var reader = new RecordReader(stream, Cipher(), new ChannelOptions());
        byte[] header = new byte[10];
        Assert.Equal(DisconnectReason.None, await reader.ReadExactAsync(header));
        byte[] body = new byte[BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(6))];
        Assert.Equal(DisconnectReason.None, await reader.ReadExactAsync(body));
        Assert.Equal((byte)MessageType.Error, header[0]);
        return (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(2)), ErrorReply.Read(body)!);
    }

    private static async Task SendRawAsync(RecordWriter peer, byte[] bytes)
    {
        Assert.True(await peer.AppendAsync(bytes));
        await peer.FlushAsync();
    }

    private static byte[] Header(MessageType type, uint correlation, uint bodyBytes)
    {
        byte[] header = new byte[10];
        header[0] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(2), correlation);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(6), bodyBytes);
        return header;
    }

    private static CipherState Cipher()
    {
        var cipher = new CipherState();
        cipher.InitializeKey(Key);
        return cipher;
    }
}
