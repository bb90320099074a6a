using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// One bucket file open for appending, with the ids of all records in it. The file is opened, its torn tail cut and its ids
/// read when first needed, not before: start-up does not depend on what is stored. Thread-safe. One lock per
/// file orders appends and the comparison of a prune, and is held while the disk works; another, held for moments, guards what is known of the
/// records, so that asking does not wait for a slow disk once they are read.
/// </summary>
/// <param name="bucketFile">Which file.</param>
/// <param name="catalog">Learns the sources in it.</param>
/// <param name="seam">The store's: held while a record becomes one of the bucket's.</param>
internal sealed class OpenBucket(BucketFile bucketFile, SourceCatalog catalog, Lock seam)
{
    /// <summary>An append waits for so long with its thread; then without. Longer than a processor is taken away from who has the file: to go away and be called costs more than to wait.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly Lock index = new();
    private readonly IDisk disk = bucketFile.Disk.Disk;
    private readonly string path = bucketFile.Disk.PathOf(bucketFile.Key);
    private readonly Dictionary<PacketId, int> ids = [];
    private readonly List<RecordPlace> records = [];
    private BucketOpening? loaded;
    private Task? loading;
    private Task? opening;
    private volatile bool isSlow;
    private List<(RecordType Type, byte[] Body)> tail = [];
    private volatile BucketFileWriter? writer;
    private volatile bool closed;
    private int? recordsBefore;
    private long length;
    private long syncedBytes;
    private bool dirty;

    public BucketFile File => bucketFile;

    public string Path => path;

    /// <summary>Once true it stays true.</summary>
    public bool IsClosed => closed;

    /// <summary>For choosing which bucket to close; written under the lock of <see cref="OpenBuckets"/>.</summary>
    public long LastUse { get; set; }

    /// <summary>It can be appended to without opening it first.</summary>
    public bool IsOpen => writer is not null;

    /// <summary>Its records are known.</summary>
    public bool IsLoaded => Volatile.Read(ref loaded) is not null;

    /// <summary>Who only asks does not wait for its records any more, which take too long to be read.</summary>
    public bool IsLate { get; set; }

    /// <summary>Who waits for others at the file, without a thread but for the first of them.</summary>
    public Turns Queue { get; } = new(1);

    /// <summary>Takes the file, if that takes no longer than a moment. The same thread calls <see cref="Exit"/>.</summary>
    public bool TryEnter()
    {
        if (gate.TryEnter(isSlow ? TimeSpan.Zero : Soon))
            return true;
        isSlow = true;
        return false;
    }

    /// <summary>Takes the file. False when its disk is set aside before, or after so long.</summary>
    public bool Enter(TimeSpan atMost)
    {
        long from = Environment.TickCount64;
        while (!gate.TryEnter(Look))
        {
            if (!bucketFile.Disk.IsThere || (atMost != Timeout.InfiniteTimeSpan && Environment.TickCount64 - from > atMost.TotalMilliseconds))
                return false;
        }
        return true;
    }

    public void Exit()
    {
        isSlow = false;
        gate.Exit();
    }

    /// <summary>One opening at a time for all who need it; <paramref name="open"/> begins it, and does not wait.</summary>
    public Task OpenOnce(Func<OpenBucket, Task> open)
    {
        lock (index)
            return opening is { IsCompleted: false } under ? under : opening = open(this);
    }

    /// <summary>The one reading of its records for all who only ask; <paramref name="load"/> begins it, and does not wait.</summary>
    public Task LoadOnce(Func<OpenBucket, Task> load)
    {
        lock (index)
            return loading ??= load(this);
    }

    /// <summary>
    /// Appends unless the id is known; where it is to be healed also when it is and its copy here is damaged. The bucket is open, and the file the
    /// caller's (<see cref="TryEnter"/>). Throws <see cref="IOException"/> when the disk does, and when <paramref name="call"/> was given up meanwhile: then it is
    /// in the file or not, and not among the records.
    /// </summary>
    public StoreOutcome Append(NewRecord record, DiskCall call)
    {
        AppendTail();
        // Only who has the file changes the ids, so this one need not hold the other lock to look.
        if (ids.TryGetValue(record.Id, out int known) && !(record.Healed && IsDamaged(records[known])))
            return StoreOutcome.Repeat;
        Failpoint.Hit("writing");
        Write(record.Type, record.Id, record.Body.Span, record.Healed, record.Stored, call);
        Failpoint.Hit("written");
        return StoreOutcome.Stored;
    }

    /// <summary>
    /// Opens the file, creates it where it is missing, and stores again what is whole in its torn tail; null when it was open, or is closed. Throws
    /// <see cref="IOException"/>.
    /// </summary>
    public BucketOpening? Open()
    {
        lock (gate)
            return closed ? null : EnsureOpen();
    }

    /// <summary>As <see cref="Open"/>, but nothing is created: of a file that is not there it is known then that it has no records.</summary>
    public BucketOpening? OpenIfThere()
    {
        lock (gate)
            return closed || Load().IsNew ? null : EnsureOpen();
    }

    /// <summary>
    /// Whether the file has a whole record of this id, as far as it was read. What is answered with true is synced with the next sync of its disk.
    /// </summary>
    public bool Has(PacketId id) => Find(id) is not null;

    /// <summary>
    /// Deletes the file if it is exactly as described; an append either comes before, and changes the comparison, or after, and
    /// makes a new file. Null when the bucket was closed in between. What was open is handed to <paramref name="detached"/>. Throws <see cref="IOException"/>,
    /// also when the disk is busy with the file for longer than <paramref name="patience"/>.
    /// </summary>
    public bool? TryPrune(Func<BucketFacts, bool> isAsExpected, TimeSpan patience, out UnsyncedFile? detached)
    {
        detached = null;
        if (!Enter(patience))
            throw new IOException($"{path}: the disk is busy with it for longer than {patience.TotalSeconds} s");
        try
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
        finally
        {
            Exit();
        }
    }

    /// <summary>Closes the bucket unless somebody is busy with it, for so long; the caller syncs and disposes what it gets.</summary>
    public bool TryClose(TimeSpan patience, out UnsyncedFile? detached)
    {
        detached = null;
        if (!gate.TryEnter(patience))
            return false;
        detached = Detach();
        gate.Exit();
        return true;
    }

    /// <summary>How many records there are; null while they have not been read.</summary>
    public int? Records
    {
        get
        {
            lock (index)
                return loaded is null ? null : records.Count;
        }
    }

    /// <summary>How many there were before anything was appended here; null while they have not been read.</summary>
    public int? RecordsBefore
    {
        get
        {
            lock (index)
                return recordsBefore;
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
        lock (index)
        {
            if (!dirty || writer is null)
                return null;
            dirty = false;
            return (writer, length);
        }
    }

    public void Synced(long upTo)
    {
        lock (index)
            syncedBytes = Math.Max(syncedBytes, upTo);
    }

    private UnsyncedFile? Detach()
    {
        lock (index)
        {
            closed = true;
            UnsyncedFile? detached = writer is { } open ? new UnsyncedFile(open, syncedBytes) : null;
            writer = null;
            return detached;
        }
    }

    private void Write(RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed, Action? stored = null, DiskCall? call = null)
    {
        long position = writer!.Append(type, id, body, healed);
        if (call?.TryEnd() == false)
            throw new IOException(call.Text);
        lock (seam)
        {
            lock (index)
            {
                dirty = true;
                ids[id] = records.Count;
                records.Add(new RecordPlace(position, body.Length, type, id));
                length = writer.Length;
            }
            stored?.Invoke();
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
        lock (index)
        {
            // Nobody knows what of an existing file was synced by the process before this one: a repeat is answered with "it is here", and that must be true.
            dirty = !found.IsNew;
            syncedBytes = 0;
            length = opened.Length;
            writer = opened;
        }
        AppendTail();
        lock (index)
            recordsBefore = records.Count;
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
        lock (index)
        {
            recordsBefore = records.Count;
            Volatile.Write(ref loaded, found);
        }
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
