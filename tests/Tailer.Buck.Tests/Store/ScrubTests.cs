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
        Packet[] made = [packets.Make(["one"]), packets.Make(["two", "and more"]), packets.Make(["three"])];
        Array.ForEach(made, packet => test.Append(packet));
        string path = test.PathOf(made[0]);
        BucketKey key = TestStore.KeyOf(made[0]);
        byte[] whole = await File.ReadAllBytesAsync(path);
        HashSet<PacketId> ids = [.. made.Select(packet => packet.Id)];
        for (int at = 0; at < whole.Length; at++)
        {
            test.Store.TryPrune(test.FileOf(key), _ => true);
            test.Restart();
            Array.ForEach(made, packet => test.Append(packet));
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, flipped);
            if (restarted)
                test.Restart();
            var book = new DamageBook();
            var scrub = new Scrub(test.Store, book, NullLogger<Scrub>.Instance);

            scrub.Run(test.FileOf(key));
            Assert.Equal(IsInHeader(at, made) ? 0 : 1, book.Count);
            foreach ((BucketFile _, PacketId id) in book.List())
                Assert.Equal(StoreOutcome.Stored, test.Append(made.Single(packet => packet.Id == id), healed: true));

            Assert.True(ids.IsSubsetOf(test.Stored(key)), $"byte {at}: a packet is gone");
            Assert.All(made, packet => Assert.Equal(StoreOutcome.Repeat, test.Append(packet)));
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

    private static bool IsInHeader(int at, Packet[] made)
    {
        foreach (Packet packet in made)
        {
            if (at < RecordHeader.Bytes)
                return true;
            at -= RecordHeader.Bytes + packet.Frame.Length;
            if (at < 0)
                return false;
        }
        return false;
    }
}
