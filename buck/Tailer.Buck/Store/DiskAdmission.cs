using Tailer.Disk;
using Tailer.Hosting;

namespace Tailer.Buck;

/// <summary>
/// Says whether what is at a disk's path now is that disk: not an empty mount point, not another buck's, not the same disk a second time; and holds its
/// lock. docs/decisions/0021. Thread-safe; a disk that hangs holds up no other unless it is written to for the first time.
/// </summary>
internal sealed class DiskAdmission : IDisposable
{
    /// <summary>The operator makes this file on an empty disk that takes the place of another, to say that this is meant.</summary>
    public const string NewDiskName = "new-disk";

    private readonly Lock gate = new();
    private readonly string data;
    private readonly string environment;
    private readonly string buck;
    private readonly Func<string, IDisposable> takeLock;
    private readonly DiskBook book;
    private readonly Dictionary<StoreDisk, IDisposable> locks = [];
    private readonly Dictionary<string, StoreDisk> admitted = new(StringComparer.Ordinal);

    /// <param name="disk">The disk of the data directory.</param>
    /// <param name="data">The data directory, which is locked already.</param>
    /// <param name="environment">Name of the environment.</param>
    /// <param name="buck">Name of this buck.</param>
    /// <param name="takeLock">Checks that nobody else may enter a directory, and locks it; throws <see cref="FatalException"/>.</param>
    public DiskAdmission(IDisk disk, string data, string environment, string buck, Func<string, IDisposable> takeLock)
    {
        this.data = data;
        this.environment = environment;
        this.buck = buck;
        this.takeLock = takeLock;
        book = DiskBook.Load(disk, data);
    }

    /// <summary>The disks this buck has had.</summary>
    public IReadOnlyList<KnownDisk> Known
    {
        get
        {
            lock (gate)
                return [.. book.Known];
        }
    }

    /// <summary>Null when the disk is there: then it has its number, and its lock is held. Else why not, and what to do. Throws <see cref="IOException"/>.</summary>
    public string? TryAdmit(StoreDisk wanted)
    {
        string directory = wanted.Directory;
        bool isMeantToBeNew = wanted.Disk.Exists(Path.Combine(directory, NewDiskName));
        if (Judge(wanted, DiskIdentity.Read(wanted.Disk, directory), isMeantToBeNew) is { } reason)
            return reason;
        if (!wanted.Disk.Exists(directory))
        {
            wanted.Disk.CreateDirectory(directory);
            wanted.Disk.SyncDirectory(Path.GetDirectoryName(directory)!);
        }
        if (TakeLock(wanted) is { } refusal)
            return refusal;
        DiskIdentity? identity = DiskIdentity.Read(wanted.Disk, directory);
        lock (gate)
        {
            if (Judge(wanted, identity, isMeantToBeNew) is { } changed)
                return changed;
            Take(wanted, identity);
            return null;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (IDisposable held in locks.Values)
                held.Dispose();
            locks.Clear();
        }
    }

    private string? TakeLock(StoreDisk wanted)
    {
        if (wanted.Directory == data)
            return null;
        lock (gate)
        {
            // That of a disk which was there before may be on another file system now.
            if (locks.Remove(wanted, out IDisposable? before))
                before.Dispose();
        }
        try
        {
            IDisposable held = takeLock(wanted.Directory);
            lock (gate)
                locks[wanted] = held;
            return null;
        }
        catch (FatalException e)
        {
            return e.Message;
        }
    }

    private string? Judge(StoreDisk wanted, DiskIdentity? identity, bool isMeantToBeNew)
    {
        string directory = wanted.Directory;
        lock (gate)
        {
            // It is not there, or nobody would ask: another path may have it now.
            foreach (string id in admitted.Where(pair => pair.Value == wanted).Select(pair => pair.Key).ToArray())
                admitted.Remove(id);
            if (identity is null)
            {
                return book.At(directory) is not { } known || isMeantToBeNew ? null
                    : $"{directory} is not disk {known.Number}, which was there: its file {DiskIdentity.FileName} is missing. Mount the disk; "
                    + $"if an empty one is to take its place, make the file {Path.Combine(directory, NewDiskName)} on it";
            }
            if (identity.Environment != environment || identity.Buck != buck)
                return $"{directory} belongs to buck {identity.Buck} of environment {identity.Environment}, by its file {DiskIdentity.FileName}. Correct the path, or the mount";
            return admitted.TryGetValue(identity.Id, out StoreDisk? same)
                ? $"{directory} is the same disk as {same.Directory}, or a copy of it, by its file {DiskIdentity.FileName}. Correct the path, or the mount"
                : null;
        }
    }

    private void Take(StoreDisk wanted, DiskIdentity? identity)
    {
        string directory = wanted.Directory;
        int number = identity?.Number ?? (directory == data ? 0 : book.FreeNumber());
        if (identity is not null && book.IsTaken(number, identity.Id))
        {
            // The list of disks was lost, and another got this number since.
            identity = identity with { Number = book.FreeNumber() };
            identity.Write(wanted.Disk, directory);
        }
        if (identity is null)
        {
            identity = DiskIdentity.Create(number, environment, buck);
            identity.Write(wanted.Disk, directory);
        }
        book.Note(identity, directory);
        wanted.Disk.Delete(Path.Combine(directory, NewDiskName));
        admitted[identity.Id] = wanted;
        wanted.Admitted(identity);
    }
}
