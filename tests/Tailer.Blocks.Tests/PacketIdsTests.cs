using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Tailer.Blocks.Tests;

/// <summary>The ids of several packets, made at once.</summary>
public sealed class PacketIdsTests
{
    [Fact]
    public void Ids_of_several_packets_are_those_of_each_for_every_length_about_a_block()
    {
        ReadOnlyMemory<byte>[] packets = [.. Enumerable.Range(0, 400).Select(bytes => (ReadOnlyMemory<byte>)Content(bytes, bytes))];

        for (int count = 2; count <= 9; count++)
        {
            foreach (ReadOnlyMemory<byte>[] some in packets.Chunk(count))
                Assert.Equal(some.Select(packet => Packet.IdOf(packet.Span)), IdsOf(some));
        }
    }

    [Property(MaxTest = 300)]
    public void Ids_of_several_packets_are_those_of_each_whatever_their_lengths(NonNegativeInt[] lengths, int seed)
    {
        ReadOnlyMemory<byte>[] packets = [.. lengths.Select((length, i) => (ReadOnlyMemory<byte>)Content((int)((long)length.Get * length.Get % 40_000), seed + i))];

        Assert.Equal(packets.Select(packet => Packet.IdOf(packet.Span)), IdsOf(packets));
    }

    [Fact]
    public void A_long_packet_among_short_ones_has_its_own_id()
    {
        ReadOnlyMemory<byte>[] packets = [Content(1, 1), Content(1 << 20, 2), Content(0, 3), Content(128, 4), Content(129, 5), Content(256, 6)];

        Assert.Equal(packets.Select(packet => Packet.IdOf(packet.Span)), IdsOf(packets));
    }

    [Fact]
    public void No_packets_have_no_ids() => Packet.IdsOf([], []);

    private static PacketId[] IdsOf(ReadOnlyMemory<byte>[] packets)
    {
        var ids = new PacketId[packets.Length];
        Packet.IdsOf(packets, ids);
        return ids;
    }

    private static byte[] Content(int bytes, int seed)
    {
        byte[] content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }
}
