using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// One bucket file open for appending, with the ids of all records in it. The file is opened, its torn tail cut and its ids
/// read when first needed, not before: start-up does not depend on what is stored. All methods are thread-safe. One lock per
/// file orders appends and the comparison of a prune, and is held while the disk works; another, held for moments, guards what is known of the
/// records, so that asking does not wait for a slow disk once they are read.
/// </summary>
internal sealed class OpenBucket(BucketFile bucketFile, SourceCatalog catalog)
{
    private readonly Lock gate = new();
    private readonly Lock index = new();
    private readonly IDisk disk = bucketFile.Disk.Disk;
    private readonly string path = bucketFile.Disk.PathOf(bucketFile.Key);
    private readonly Dictionary<PacketId, int> ids = [];
    private readonly List<RecordPlace> records = [];
    private BucketOpening? loaded;
    private List<(RecordType Type, byte[] Body)> tail = [];
    private volatile BucketFileWriter? writer;
    private volatile bool closed;
    private long length;
    private long syncedBytes;
    private bool dirty;

    public BucketFile File => bucketFile;

    public string Path => path;

    /// <summary>Once true it stays true.</summary>
    public bool IsClosed => closed;

    /// <summary>For choosing which bucket to close; written under the lock of <see cref="OpenBuckets"/>.</summary>
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
            // Only who holds the lock of the file changes the ids, so this one need not hold the other to look.
            if (ids.TryGetValue(id, out int known) && !(healed && IsDamaged(records[known])))
                return StoreOutcome.Repeat;
            Failpoint.Hit("writing");
            Write(type, id, body, healed);
            Failpoint.Hit("written");
            return StoreOutcome.Stored;
        }
    }

    /// <summary>
    /// Whether the file has a whole record of this id; null when the bucket was closed in between. What is answered with true is synced with the next
    /// sync of its disk. Waits for the disk only until the file was read once. Throws <see cref="IOException"/> when the disk does.
    /// </summary>
    public bool? Has(PacketId id, out BucketOpening? opened)
    {
        opened = null;
        if (Volatile.Read(ref loaded) is null)
        {
            lock (gate)
            {
                if (closed)
                    return null;
                Load();
            }
        }
        if (Find(id) is null)
            return closed ? null : false;
        if (writer is not null)
            return true;
        lock (gate)
        {
            if (closed)
                return null;
            opened = EnsureOpen();
            return true;
        }
    }

    /// <summary>
    /// Deletes the file if it is exactly as described; an append either comes before, and changes the comparison, or after, and
    /// makes a new file. Null when the bucket was closed in between. What was open is handed to <paramref name="detached"/>.
    /// </summary>
    public bool? TryPrune(Func<BucketFacts, bool> isAsExpected, out UnsyncedFile? detached)
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
            detached = Detach();
            return true;
        }
    }

    /// <summary>Closes the bucket unless somebody is busy with it; the caller syncs and disposes what it gets.</summary>
    public bool TryClose(out UnsyncedFile? detached)
    {
        detached = null;
        if (!gate.TryEnter())
            return false;
        try
        {
            detached = Detach();
            return true;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>As <see cref="TryClose"/>, but waits for who is busy with it.</summary>
    public UnsyncedFile? Close()
    {
        lock (gate)
            return Detach();
    }

    /// <summary>How many records there are; null while the file has not been opened yet.</summary>
    public int? Records
    {
        get
        {
            lock (index)
                return writer is null && !closed ? null : records.Count;
        }
    }

    /// <summary>The record with this number, in the order of the file. Also after the bucket was closed.</summary>
    public RecordPlace Record(int number)
    {
        lock (index)
            return records[number];
    }

    public RecordPlace? Find(PacketId id)
    {
        if (Volatile.Read(ref loaded) is null)
            return null;
        lock (index)
            return ids.TryGetValue(id, out int number) ? records[number] : null;
    }

    /// <summary>The copy of this record here is not whole any more.</summary>
    public bool IsDamaged(PacketId id) => Find(id) is { } place && IsDamaged(place);

    /// <summary>The file as it is now; null when the bucket is not open.</summary>
    public BucketFacts? Facts
    {
        get
        {
            lock (index)
                return writer is null ? null : new BucketFacts(length, [.. records]);
        }
    }

    /// <summary>Where the next record goes; null when the bucket is not open.</summary>
    public long? LengthBytes
    {
        get
        {
            lock (index)
                return writer is null ? null : length;
        }
    }

    /// <summary>
    /// The writer if something was appended since the last call, and where it ends now; the caller syncs it, outside any lock, and then calls
    /// <see cref="Synced"/>.
    /// </summary>
    public (BucketFileWriter Writer, long Length)? TakeDirty()
    {
        lock (gate)
        {
            if (!dirty || writer is null)
                return null;
            dirty = false;
            return (writer, length);
        }
    }

    public void Synced(long upTo)
    {
        lock (gate)
            syncedBytes = Math.Max(syncedBytes, upTo);
    }

    private UnsyncedFile? Detach()
    {
        closed = true;
        UnsyncedFile? detached = writer is { } open ? new UnsyncedFile(open, syncedBytes) : null;
        lock (index)
            writer = null;
        return detached;
    }

    private void Write(RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed)
    {
        long position = writer!.Append(type, id, body, healed);
        dirty = true;
        lock (index)
        {
            ids[id] = records.Count;
            records.Add(new RecordPlace(position, body.Length, type, id));
            length = writer.Length;
        }
    }

    private BucketOpening? EnsureOpen()
    {
        if (writer is not null)
        {
            AppendTail();
            return null;
        }
        BucketOpening found = Load();
        BucketFileWriter opened = found.IsNew ? Create() : BucketFileWriter.Open(disk, path);
        // Nobody knows what of an existing file was synced by the process before this one: a repeat is answered with "it is here", and that must be true.
        dirty = !found.IsNew;
        syncedBytes = 0;
        lock (index)
        {
            length = opened.Length;
            writer = opened;
        }
        AppendTail();
        return found with { TornBytes = opened.TornBytes };
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

    private BucketOpening Load()
    {
        if (loaded is { } known)
            return known;
        bool isNew = !disk.Exists(path);
        IReadOnlyList<(long From, long To)> damage = isNew ? [] : LoadIds();
        var found = new BucketOpening(path, isNew, 0, damage);
        Volatile.Write(ref loaded, found);
        return found;
    }

    /// <summary>
    /// A record whose body is damaged does not count as there: after a power loss a header may have reached the disk without its
    /// body, and a repeat must then be stored and not be answered with "already had it".
    /// </summary>
    private List<(long From, long To)> LoadIds()
    {
        using IDiskFile? file = disk.OpenRead(path);
        if (file is null)
            return [];
        using var reader = new BucketFileReader(file);
        var damage = new List<(long, long)>();
        // Nobody looks at them before the file counts as loaded. They are not empty where the disk failed in the middle of an attempt before.
        ids.Clear();
        records.Clear();
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
        tail = RecordSalvage.Bodies(file, reader.Position, file.Length);
        return damage;
    }

    /// <summary>What could not be written again, because the disk was full, say, is tried with the next append.</summary>
    private void AppendTail()
    {
        while (tail.Count > 0)
        {
            (RecordType type, byte[] body) = tail[0];
            PacketId id = Packet.IdOf(body);
            if (!ids.ContainsKey(id))
                Write(type, id, body, healed: true);
            tail.RemoveAt(0);
        }
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
