namespace Tailer.Testing;

/// <summary>
/// A directory: its names now, its names on the disk, and the changes between them in order. A change may concern two names (a
/// rename), which reach the disk together. Of several changes a power loss keeps the first ones, as a journal does.
/// </summary>
internal sealed class MemoryDirectory : MemoryNode
{
    private readonly SortedDictionary<string, MemoryNode> names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MemoryNode> durable = new(StringComparer.Ordinal);
    private readonly List<(string Name, MemoryNode? Node)[]> unsynced = [];

    public IReadOnlyCollection<string> Names => names.Keys;

    public bool IsEmpty => names.Count == 0;

    public MemoryNode? Find(string name) => names.GetValueOrDefault(name);

    /// <summary>Sets names, or removes them (null), as one change.</summary>
    public void Change(params (string Name, MemoryNode? Node)[] change)
    {
        Apply(names, change);
        unsynced.Add(change);
    }

    public void Sync()
    {
        foreach ((string, MemoryNode?)[] change in unsynced)
            Apply(durable, change);
        unsynced.Clear();
    }

    public override void LosePower(Random? random)
    {
        int kept = random?.Next(unsynced.Count + 1) ?? 0;
        foreach ((string, MemoryNode?)[] change in unsynced.Take(kept))
            Apply(durable, change);
        unsynced.Clear();
        names.Clear();
        foreach ((string name, MemoryNode node) in durable)
        {
            names.Add(name, node);
            node.LosePower(random);
        }
    }

    private static void Apply(SortedDictionary<string, MemoryNode> to, (string Name, MemoryNode? Node)[] change)
    {
        foreach ((string name, MemoryNode? node) in change)
        {
            if (node is null)
                to.Remove(name);
            else
                to[name] = node;
        }
    }
}
