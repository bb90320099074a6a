using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// One bucket file open for appending, with the ids of all records in it. The file is opened, its torn tail cut and its ids
/// read when first needed, not before: start-up does not depend on what is stored. All methods are thread-safe; one lock per
/// bucket orders appends and the comparison of a prune.
/// </summary>
internal sealed class OpenBucket(IDisk disk, string path, BucketKey key, SourceCatalog catalog)
{
    private readonly Lock gate = new();
    private readonly Dictionary<PacketId, int> ids = [];
    private readonly List<RecordPlace> records = [];
    private BucketFileWriter? writer;
    private volatile bool closed;
    private bool dirty;

    public BucketKey Key => key;

    public string Path => path;

    /// <summary>Once true it stays true.</summary>
    public bool IsClosed => closed;

    /// <summary>For choosing which bucket to close; written under the store's lock.</summary>
    public long LastUse { get; set; }

    /// <summary>
    /// Appends unless the id is known; with <paramref name="healed"/> also when it is and its copy here is damaged. Null when the bucket was
    /// closed in between: ask the store for it again.
    /// <paramref name="opened"/> tells when this call opened the file. Throws <see cref="IOException"/> when the disk does.
    /// </summary>
    public StoreOutcome? TryAppend(RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed, out BucketOpening? opened)
    {
        lock (gate)
        {
            opened = null;
            if (closed)
                return null;
            opened = EnsureOpen();
            if (ids.TryGetValue(id, out int known) && !(healed && IsDamaged(records[known])))
                return StoreOutcome.Repeat;
            Failpoint.Hit("writing");
            long position = writer!.Append(type, id, body, healed);
            Failpoint.Hit("written");
            ids[id] = records.Count;
            records.Add(new RecordPlace(position, body.Length, type, id));
            dirty = true;
            return StoreOutcome.Stored;
        }
    }

    /// <summary>
    /// Deletes the file if it is exactly as described; an append either comes before, and changes the comparison, or after, and
    /// makes a new file. Null when the bucket was closed in between. What was open is handed to <paramref name="detached"/>.
    /// </summary>
    public bool? TryPrune(Func<BucketFacts, bool> isAsExpected, out BucketFileWriter? detached)
    {
        detached = null;
        lock (gate)
        {
            if (closed)
                return null;
            EnsureOpen();
            if (!isAsExpected(new BucketFacts(writer!.Length, records)))
                return false;
            disk.Delete(path);
            closed = true;
            detached = writer;
            writer = null;
            return true;
        }
    }

    /// <summary>Closes the bucket unless somebody is busy with it; the caller syncs and disposes what it gets.</summary>
    public bool TryClose(out BucketFileWriter? detached)
    {
        detached = null;
        if (!gate.TryEnter())
            return false;
        try
        {
            closed = true;
            detached = writer;
            writer = null;
            return true;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>How many records there are; null while the file has not been opened yet.</summary>
    public int? Records
    {
        get
        {
            lock (gate)
                return writer is null && !closed ? null : records.Count;
        }
    }

    /// <summary>The record with this number, in the order of the file. Also after the bucket was closed.</summary>
    public RecordPlace Record(int number)
    {
        lock (gate)
            return records[number];
    }

    public RecordPlace? Find(PacketId id)
    {
        lock (gate)
            return ids.TryGetValue(id, out int number) ? records[number] : null;
    }

    /// <summary>The file as it is now; null when the bucket is not open.</summary>
    public BucketFacts? Facts
    {
        get
        {
            lock (gate)
                return writer is null ? null : new BucketFacts(writer.Length, [.. records]);
        }
    }

    /// <summary>Where the next record goes; null when the bucket is not open.</summary>
    public long? LengthBytes
    {
        get
        {
            lock (gate)
                return writer?.Length;
        }
    }

    /// <summary>The writer if something was appended since the last call; the caller syncs it, outside any lock.</summary>
    public BucketFileWriter? TakeDirty()
    {
        lock (gate)
        {
            if (!dirty)
                return null;
            dirty = false;
            return writer;
        }
    }

    private BucketOpening? EnsureOpen()
    {
        if (writer is not null)
            return null;
        bool isNew = !disk.Exists(path);
        List<(RecordType, byte[])> tail = [];
        IReadOnlyList<(long From, long To)> damage = isNew ? [] : LoadIds(tail);
        writer = isNew ? Create() : BucketFileWriter.Open(disk, path);
        foreach ((RecordType type, byte[] body) in tail)
            AppendUnknown(type, body);
        return new BucketOpening(path, isNew, writer.TornBytes, damage);
    }

    /// <summary>A prune of the day's last other file may remove the empty folder between the two steps; then both are done again.</summary>
    private BucketFileWriter Create()
    {
        for (int attempt = 0; ; attempt++)
        {
            disk.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            try
            {
                return BucketFileWriter.Open(disk, path);
            }
            catch (DirectoryNotFoundException) when (attempt < 3)
            {
            }
        }
    }

    /// <summary>
    /// A record whose body is damaged does not count as there: after a power loss a header may have reached the disk without its
    /// body, and a repeat must then be stored and not be answered with "already had it".
    /// </summary>
    private List<(long From, long To)> LoadIds(List<(RecordType, byte[])> tail)
    {
        using IDiskFile? file = disk.OpenRead(path);
        if (file is null)
            return [];
        using var reader = new BucketFileReader(file);
        var damage = new List<(long, long)>();
        while (reader.TryReadNext())
        {
            records.Add(new RecordPlace(reader.RecordPosition, reader.Header.BodyBytes, reader.Header.Type, reader.Header.Id));
            if (IsWhole(reader.Header.Type, reader.Body.Span))
                ids.TryAdd(reader.Header.Id, records.Count - 1);
            else
                damage.Add((reader.RecordPosition, reader.Position));
        }
        damage.AddRange(reader.Damage);
        // Opening the file for writing will cut this as torn, but a record of which only the header went bad is no torn one.
        tail.AddRange(RecordSalvage.Bodies(file, reader.Position, file.Length));
        return damage;
    }

    private void AppendUnknown(RecordType type, byte[] body)
    {
        PacketId id = Packet.IdOf(body);
        if (!ids.TryAdd(id, records.Count))
            return;
        records.Add(new RecordPlace(writer!.Append(type, id, body, healed: true), body.Length, type, id));
        dirty = true;
    }

    private bool IsDamaged(RecordPlace place)
    {
        using IDiskFile? file = disk.OpenRead(path);
        using var buffer = new RecordBuffer();
        return file is null || !buffer.TryRead(file, place.Position, place.BodyBytes) || Packet.IdOf(buffer.Body.Span) != place.Id;
    }

    private bool IsWhole(RecordType type, ReadOnlySpan<byte> body)
    {
        if (type != RecordType.Packet)
            return Manifest.TryRead(body) is not null;
        if (FrameHeader.TryReadFrame(body, out FrameHeader? header) != FrameError.None)
            return false;
        catalog.Learn(header!);
        return true;
    }
}
