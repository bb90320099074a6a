using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>Finds the records of a bucket file by their headers alone: bodies are stepped over, not read.</summary>
internal static class BucketWalk
{
    /// <summary>One read finds several small records, and wastes little where they are large.</summary>
    private const int ChunkBytes = 4096;

    /// <summary>
    /// Whole records from a position on, at most so many, in the order of the file; <paramref name="end"/> is where the next one
    /// starts or will start.
    /// </summary>
    public static List<RecordPlace> Places(IDiskFile file, out long end, long from = 0, int max = int.MaxValue)
    {
        var places = new List<RecordPlace>();
        long length = file.Length;
        long position = from;
        byte[] chunk = new byte[ChunkBytes];
        int inChunk = 0;
        long chunkStart = 0;
        while (places.Count < max)
        {
            if (position < chunkStart || position + RecordHeader.Bytes > chunkStart + inChunk)
            {
                chunkStart = position;
                inChunk = file.Read(chunk, position);
            }
            if (!RecordHeader.TryRead(chunk.AsSpan((int)(position - chunkStart), inChunk - (int)(position - chunkStart)), out RecordHeader header)
                || position + header.RecordBytes > length)
                break;
            places.Add(new RecordPlace(position, header.BodyBytes, header.Type, header.Id));
            position += header.RecordBytes;
        }
        end = position < length && places.Count < max ? WalkDamaged(file, position, places, max) : position;
        return places;
    }

    /// <summary>From where no header stands: damage to be stepped over, or the torn tail.</summary>
    private static long WalkDamaged(IDiskFile file, long position, List<RecordPlace> places, int max)
    {
        using var reader = new BucketFileReader(file, position);
        while (places.Count < max && reader.TryReadNext())
            places.Add(new RecordPlace(reader.RecordPosition, reader.Header.BodyBytes, reader.Header.Type, reader.Header.Id));
        return reader.Position;
    }
}
