using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// Records that are damaged here and whose other copy is wanted: found by the scrub or by who read them. A porter asks for them, and brings
/// the copies. In memory: after a restart the scrub finds them again. Thread-safe.
/// </summary>
internal sealed class DamageBook
{
    /// <summary>A disk with more than this is to be replaced; what is not in the book now, the next scrub brings.</summary>
    public const int Max = 4096;

    private readonly Lock gate = new();
    private readonly HashSet<(BucketFile File, PacketId Id)> records = [];

    public int Count
    {
        get
        {
            lock (gate)
                return records.Count;
        }
    }

    /// <summary>True when that is news.</summary>
    public bool Add(BucketFile file, PacketId id)
    {
        lock (gate)
            return records.Count < Max && records.Add((file, id));
    }

    /// <summary>A whole copy is here now, on whichever disk. True when it was damaged.</summary>
    public bool Remove(BucketKey bucket, PacketId id)
    {
        lock (gate)
            return records.RemoveWhere(record => record.File.Key == bucket && record.Id == id) > 0;
    }

    public void Forget(BucketFile file)
    {
        lock (gate)
            records.RemoveWhere(record => record.File == file);
    }

    public IReadOnlyList<(BucketFile File, PacketId Id)> List()
    {
        lock (gate)
            return [.. records];
    }
}
