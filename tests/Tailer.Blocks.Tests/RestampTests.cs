using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class RestampTests
{
    [Property(MaxTest = 200)]
    public void A_packet_sealed_again_differs_in_its_stamp_and_says_that_it_repeats_and_in_nothing_else(int seed)
    {
        var random = new Random(seed);
        var data = new TestData(random);
        SourceDescriptor?[] descriptors = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(2) == 0 ? data.Descriptor() : null)];
        using var builder = new PacketBuilder();
        Packet packet = data.Packet(builder, data.Events(descriptors.Length, 100), descriptors, data.Stamp());
        PacketStamp other = data.Stamp();

        Packet again = Restamp.TrySeal(packet.Frame.Span, other.Epoch, other.Number, other.SealedTime, other.BucketSeconds)!;

        Assert.NotEqual(packet.Id, again.Id);
        Assert.Equal(packet.Payload, again.Payload);
        FrameHeader expected = packet.Header with { Epoch = other.Epoch, Number = other.Number, SealedTime = other.SealedTime, BucketSeconds = other.BucketSeconds, Flags = packet.Header.Flags | FrameFlags.SealedAgain, Sources = [] };
        Assert.Equal(expected, again.Header with { Sources = expected.Sources });
        Assert.Equal(packet.Header.Sources.Select(source => source with { MayRepeat = true, Descriptor = null }), again.Header.Sources.Select(source => source with { Descriptor = null }));
        Assert.Equal(packet.Header.Sources.Select(source => source.Descriptor?.ToArray()), again.Header.Sources.Select(source => source.Descriptor?.ToArray()));
    }

    [Fact]
    public void What_is_no_whole_frame_is_not_sealed_again()
    {
        var data = new TestData(new Random(1));
        using var builder = new PacketBuilder();
        byte[] frame = data.Packet(builder, data.Events(1, 10), [null], data.Stamp()).Frame.ToArray();
        Assert.Null(Restamp.TrySeal(frame.AsSpan(0, frame.Length - 1), default, 0, 1, 60));
        foreach (int at in new[] { 0, 20, frame.Length - 10 })
        {
            byte[] damaged = [.. frame];
            damaged[at] ^= 1;
            Assert.Null(Restamp.TrySeal(damaged, default, 0, 1, 60));
        }
    }
}
