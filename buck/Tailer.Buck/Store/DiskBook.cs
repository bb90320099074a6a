using System.Text.Json;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// The disks this buck has had, in its data directory: so that a mount point without its disk is not taken for a new one, and no number
/// is given twice. Not thread-safe.
/// </summary>
internal sealed class DiskBook
{
    public const string FileName = "disks.json";

    private readonly IDisk disk;
    private readonly string path;
    private readonly List<KnownDisk> known;

    private DiskBook(IDisk disk, string path, List<KnownDisk> known)
    {
        this.disk = disk;
        this.path = path;
        this.known = known;
    }

    public IReadOnlyList<KnownDisk> Known => known;

    /// <summary>Throws <see cref="IOException"/>, also for one that cannot be understood: without it a missing disk would not be missed.</summary>
    public static DiskBook Load(IDisk disk, string directory)
    {
        string path = Path.Combine(directory, FileName);
        if (disk.ReadAll(path) is not { } bytes)
            return new DiskBook(disk, path, []);
        try
        {
            KnownDisks? known = JsonSerializer.Deserialize(bytes, BuckJson.Default.KnownDisks);
            return known is { Version: KnownDisks.CurrentVersion, Disks: not null }
                ? new DiskBook(disk, path, [.. known.Disks])
                : throw new IOException($"{path} is of version {known?.Version}; this buck knows version {KnownDisks.CurrentVersion}");
        }
        catch (JsonException e)
        {
            throw new IOException($"{path} cannot be read ({e.Message}). Delete it after you have made sure that all disks are mounted", e);
        }
    }

    public KnownDisk? At(string directory) => known.Find(d => d.Path == directory);

    /// <summary>The least number that none has had. 0 is kept for the data directory.</summary>
    public int FreeNumber()
    {
        int number = 1;
        while (known.Exists(d => d.Number == number))
            number++;
        return number;
    }

    /// <summary>True when another disk has this number.</summary>
    public bool IsTaken(int number, string id) => known.Exists(d => d.Number == number && d.Id != id);

    /// <summary>Remembers that this disk is there now. Throws <see cref="IOException"/>.</summary>
    public void Note(DiskIdentity identity, string directory)
    {
        var now = new KnownDisk(identity.Id, identity.Number, directory);
        if (known.Contains(now))
            return;
        List<KnownDisk> changed = [.. known.Where(d => d.Id != identity.Id && d.Path != directory), now];
        // Numbers of disks that are gone stay taken: their paths are not theirs any more.
        changed.AddRange(known.Where(d => d.Id != identity.Id && d.Path == directory).Select(d => d with { Path = "" }));
        changed.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        AtomicFile.Write(disk, path, JsonSerializer.SerializeToUtf8Bytes(new KnownDisks(KnownDisks.CurrentVersion, changed), BuckJson.Default.KnownDisks));
        known.Clear();
        known.AddRange(changed);
    }
}
