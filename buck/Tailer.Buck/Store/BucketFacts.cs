using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A bucket file at one moment: its length, up to the end of the last whole record, and its records as they lie in it.</summary>
internal readonly record struct BucketFacts(long LengthBytes, IReadOnlyList<RecordPlace> Records)
{
    /// <summary>BLAKE2b-128 over the ids of all records, 16 bytes each, in the order of the file.</summary>
    public ContentHash IdsHash()
    {
        int bytes = Records.Count * PacketId.Bytes;
        byte[] ids = BufferPool.Rent(bytes);
        try
        {
            for (int i = 0; i < Records.Count; i++)
                Records[i].Id.WriteTo(ids.AsSpan(i * PacketId.Bytes));
            return new ContentHash(Packet.IdOf(ids.AsSpan(0, bytes)).Value);
        }
        finally
        {
            BufferPool.Return(ids);
        }
    }
}
