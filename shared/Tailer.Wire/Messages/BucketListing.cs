using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>One bucket file as a buck sees it now.</summary>
/// <param name="FileBytes">Its length: grows while packets come, even late ones.</param>
/// <param name="Records">Records in it.</param>
/// <param name="IdsHash">BLAKE2b-128 over the ids of its records, 16 bytes each, in file order. With the length it names what PRUNE may drop.</param>
/// <param name="Closed">Its bucket is over by the buck's clock. Late packets may still come.</param>
public readonly record struct BucketListing(BucketFileName File, long FileBytes, int Records, ContentHash IdsHash, bool Closed)
{
    internal const int BytesMax = BucketFileName.Bytes + 8 + 4 + 16 + 1;

    internal void WriteTo(ByteWriter writer)
    {
        File.WriteTo(writer);
        writer.U64((ulong)FileBytes);
        writer.U32((uint)Records);
        writer.Id(new PacketId(IdsHash.Value));
        writer.U8(Closed ? (byte)1 : (byte)0);
    }

    internal static BucketListing Read(ref SpanReader reader) => new(
        BucketFileName.Read(ref reader), (long)reader.U64(), (int)reader.U32(), new ContentHash(reader.PacketId().Value), (reader.U8() & 1) != 0);
}
