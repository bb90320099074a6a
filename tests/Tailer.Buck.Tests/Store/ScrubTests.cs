using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;

namespace Tailer.Buck.Tests;

public sealed class ScrubTests
{
    private readonly Packets packets = new();

    /// <summary>With the bucket open as it was written, and after a restart.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bit_flipped_at_any_byte_is_found_and_healed_and_nothing_else_is_harmed(bool restarted)
    {
        await using var test = new TestStore();
        Packet one = packets.Make(["one"]), two = packets.Make(["two", "and more"], one.Header.SealedTime), three = packets.Make(["three"], one.Header.SealedTime);
        byte[] manifest = ManifestOf(one, two);
        (RecordType Type, PacketId Id, ReadOnlyMemory<byte> Body)[] made =
        [
            (RecordType.Packet, one.Id, one.Frame), (RecordType.Packet, two.Id, two.Frame),
            (RecordType.Manifest, Packet.IdOf(manifest), manifest), (RecordType.Packet, three.Id, three.Frame),
        ];
        BucketKey key = TestStore.KeyOf(one);
        StoreOutcome Append(PacketId id, bool healed = false)
        {
            (RecordType type, _, ReadOnlyMemory<byte> body) = made.Single(record => record.Id == id);
            return test.Store.Append(key, type, id, body, healed).Outcome;
        }

        HashSet<PacketId> ids = [.. made.Select(record => record.Id)];
        Assert.All(made, record => Assert.Equal(StoreOutcome.Stored, Append(record.Id)));
        string path = test.PathOf(one);
        byte[] whole = await File.ReadAllBytesAsync(path);
        for (int at = 0; at < whole.Length; at++)
        {
            test.Store.TryPrune(test.FileOf(key), _ => true);
            test.Restart();
            Assert.All(made, record => Append(record.Id));
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, flipped);
            if (restarted)
                test.Restart();
            var book = new DamageBook();
            var scrub = new Scrub(test.Store, book, NullLogger<Scrub>.Instance);

            scrub.Run(test.FileOf(key));
            Assert.Equal(IsInHeader(at, made.Select(record => record.Body.Length)) ? 0 : 1, book.Count);
            foreach ((BucketFile _, PacketId id) in book.List())
                Assert.Equal(StoreOutcome.Stored, Append(id, healed: true));

            Assert.True(ids.IsSubsetOf(test.Stored(key)), $"byte {at}: a record is gone");
            Assert.All(made, record => Assert.Equal(StoreOutcome.Repeat, Append(record.Id)));
            scrub.Run(test.FileOf(key));
            Assert.Equal(0, book.Count);
        }
    }

    [Fact]
    public async Task A_last_record_whose_header_went_bad_is_not_cut_as_torn()
    {
        await using var test = new TestStore();
        Packet first = packets.Make(["one"]), last = packets.Make(["two"], first.Header.SealedTime);
        test.Append(first);
        test.Append(last);
        byte[] file = await File.ReadAllBytesAsync(test.PathOf(first));
        file[^(last.Frame.Length + 20)] ^= 1;
        await File.WriteAllBytesAsync(test.PathOf(first), file);

        test.Restart();

        Assert.Equal(StoreOutcome.Repeat, test.Append(last));
        Assert.Equal([first.Id, last.Id], test.Stored(TestStore.KeyOf(first)));
    }

    private static byte[] ManifestOf(params Packet[] named) => new Manifest
    {
        Agent = "agent",
        Host = "agent",
        Epoch = default,
        Number = 0,
        SealedTime = named[^1].Header.SealedTime,
        BucketSeconds = named[0].Header.BucketSeconds,
        CoversFrom = named[0].Header.Bucket,
        CoversTo = named[0].Header.Bucket + named[0].Header.BucketWidth,
        Previous = default,
        Packets = [.. named.Select(packet => packet.Id).Order()],
        Sources = [],
    }.ToArray();

    private static bool IsInHeader(int at, IEnumerable<int> bodies)
    {
        foreach (int body in bodies)
        {
            if (at < RecordHeader.Bytes)
                return true;
            at -= RecordHeader.Bytes + body;
            if (at < 0)
                return false;
        }
        return false;
    }
}
