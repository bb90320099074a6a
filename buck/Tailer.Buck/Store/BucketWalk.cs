using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>Finds the records of a bucket file by their headers alone: bodies are stepped over, not read.</summary>
internal static class BucketWalk
{
    /// <summary>One read finds several small records, and wastes little where they are large.</summary>
    private const int ChunkBytes = 4096;

    /// <summary>All whole records, in the order of the file; <paramref name="end"/> is where the next one will start.</summary>
    public static List<RecordPlace> Places(IDiskFile file, out long end)
    {
        var places = new List<RecordPlace>();
        long length = file.Length;
        long position = 0;
        byte[] chunk = new byte[ChunkBytes];
        int inChunk = 0;
        long chunkStart = 0;
        while (true)
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
        end = position < length ? WalkDamaged(file, position, places) : position;
        return places;
    }

    /// <summary>From where no header stands: damage to be stepped over, or the torn tail.</summary>
    private static long WalkDamaged(IDiskFile file, long position, List<RecordPlace> places)
    {
        using var reader = new BucketFileReader(file, position);
        while (reader.TryReadNext())
            places.Add(new RecordPlace(reader.RecordPosition, reader.Header.BodyBytes, reader.Header.Type, reader.Header.Id));
        return reader.Position;
    }
}
