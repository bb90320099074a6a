using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>BUCKETS: the answer to LIST_BUCKETS.</summary>
/// <param name="Truncated">There are more; no bucket's files are split over two answers.</param>
public sealed record Buckets(bool Truncated, IReadOnlyList<BucketListing> Files) : IWireMessage<Buckets>
{
    public static MessageType Type => MessageType.Buckets;

    public void WriteHead(ByteWriter writer)
    {
        if (Files.Count > WireLimits.BucketsMax)
            throw new ArgumentException($"a listing has at most {WireLimits.BucketsMax} bucket files, not {Files.Count}", nameof(writer));
        writer.U8(Truncated ? (byte)1 : (byte)0);
        writer.Varint((ulong)Files.Count);
        foreach (BucketListing file in Files)
            file.WriteTo(writer);
    }

    public static Buckets? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        bool truncated = (reader.U8() & 1) != 0;
        int count = reader.Count(Math.Min(WireLimits.BucketsMax, reader.Remaining / BucketListing.BytesMax));
        var files = new BucketListing[count];
        for (int i = 0; i < count; i++)
            files[i] = BucketListing.Read(ref reader);
        return reader.Failed ? null : new Buckets(truncated, files);
    }
}
