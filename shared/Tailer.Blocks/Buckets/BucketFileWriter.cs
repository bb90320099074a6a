using System.Buffers;
using Tailer.Disk;

namespace Tailer.Blocks;

/// <summary>
/// Appends records to a bucket file, each with a single write. One writer per file. A write that fails leaves the end where it
/// was: the next record overwrites what was torn. Throws <see cref="IOException"/> when the disk does.
/// </summary>
public sealed class BucketFileWriter : IDisposable
{
    private readonly IDiskFile file;

    private BucketFileWriter(IDiskFile file, long end)
    {
        this.file = file;
        Length = end;
    }

    public string Path => file.Path;

    /// <summary>End of the last whole record, where the next one goes.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes of a torn tail that were cut when the file was opened.</summary>
    public long TornBytes { get; private init; }

    /// <summary>
    /// Opens or creates a bucket file. An existing one is walked and a torn tail cut; <paramref name="seen"/> is told every record's
    /// position and header on the way.
    /// </summary>
    public static BucketFileWriter Open(IDisk disk, string path, Action<long, RecordHeader>? seen = null)
    {
        IDiskFile file = disk.OpenAppend(path);
        long length = file.Length;
        long end = 0;
        if (length > 0)
        {
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
                seen?.Invoke(reader.RecordPosition, reader.Header);
            end = reader.Position;
            if (end < length)
                file.SetLength(end);
        }
        return new BucketFileWriter(file, end) { TornBytes = length - end };
    }

    /// <summary>Writes one record; returns its position. It is in the file, not yet synced.</summary>
    public long Append(RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, RecordHeader.BodyBytesMax);
        int bytes = RecordHeader.Bytes + body.Length;
        byte[] record = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            new RecordHeader(type, id, body.Length, healed).WriteTo(record);
            body.CopyTo(record.AsSpan(RecordHeader.Bytes));
            file.Write(record.AsSpan(0, bytes), Length);
            long position = Length;
            Length += bytes;
            return position;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
        }
    }

    /// <summary>Returns after all records appended so far would survive a power loss.</summary>
    public void Sync() => file.Sync();

    public void Dispose() => file.Dispose();
}
