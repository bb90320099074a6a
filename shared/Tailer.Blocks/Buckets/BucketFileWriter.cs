using Tailer.Disk;

namespace Tailer.Blocks;

/// <summary>
/// Appends records to a bucket file, each with a single write. One writer per file. A write that fails leaves the end where it
/// was: what was torn is cut, or the next record overwrites it. Throws <see cref="IOException"/> when the disk does.
/// </summary>
public sealed class BucketFileWriter : IDisposable
{
    private readonly IDisk disk;
    private readonly IDiskFile file;
    private bool namesAreSynced;
    private bool syncFailed;

    private BucketFileWriter(IDisk disk, IDiskFile file, long end)
    {
        this.disk = disk;
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
        try
        {
            long length = file.Length;
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
                seen?.Invoke(reader.RecordPosition, reader.Header);
            if (reader.Position < length)
                file.SetLength(reader.Position);
            return new BucketFileWriter(disk, file, reader.Position) { TornBytes = length - reader.Position };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes one record; returns its position. It is in the file, not yet synced.</summary>
    public long Append(RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, RecordHeader.BodyBytesMax);
        Span<byte> header = stackalloc byte[RecordHeader.Bytes];
        new RecordHeader(type, id, body.Length, healed).WriteTo(header);
        try
        {
            file.Write(header, body, Length);
        }
        catch (IOException)
        {
            TryCut();
            throw;
        }
        long position = Length;
        Length += RecordHeader.Bytes + body.Length;
        return position;
    }

    /// <summary>
    /// Returns after all records appended so far would survive a power loss, the file's name and its folder's included. After it has
    /// thrown once it throws always: a system may drop what it could not write and call the next sync a success.
    /// </summary>
    public void Sync()
    {
        if (syncFailed)
            throw new IOException($"an earlier sync of {Path} failed, so what it holds may be lost; send it elsewhere");
        try
        {
            file.Sync();
        }
        catch
        {
            syncFailed = true;
            throw;
        }
        if (namesAreSynced)
            return;
        try
        {
            SyncNames();
            namesAreSynced = true;
        }
        catch (IOException) when (!disk.Exists(Path))
        {
            // Deleted since it was opened, perhaps with its folder: there is no name left to keep.
            return;
        }
    }

    public void Dispose() => file.Dispose();

    private void SyncNames()
    {
        string day = System.IO.Path.GetDirectoryName(Path)!;
        disk.SyncDirectory(day);
        if (System.IO.Path.GetDirectoryName(day) is { } above)
            disk.SyncDirectory(above);
    }

    /// <summary>Takes away what is torn, which on a full disk also gives its space back. Where that fails too, readers step over it.</summary>
    private void TryCut()
    {
        try
        {
            file.SetLength(Length);
        }
        catch (IOException)
        {
        }
    }
}
