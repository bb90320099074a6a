using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>The order in which the sources of one path followed each other.</summary>
public static class SourceChain
{
    /// <summary>
    /// A source comes after its predecessor; sources whose predecessor is not among them start chains, and chains are ordered by
    /// birth time. Bad data (a cycle, two successors) never loses a source.
    /// </summary>
    public static IReadOnlyList<SourceDescriptor> Order(IEnumerable<SourceDescriptor> sources)
    {
        SourceDescriptor[] byBirth = [.. sources.DistinctBy(s => s.Id).OrderBy(s => s.BirthTimeNs).ThenBy(s => s.Incarnation).ThenBy(s => s.Id)];
        HashSet<SourceId> known = [.. byBirth.Select(s => s.Id)];
        ILookup<SourceId, SourceDescriptor> successors = byBirth.Where(s => known.Contains(s.Predecessor)).ToLookup(s => s.Predecessor);
        var ordered = new List<SourceDescriptor>(byBirth.Length);
        var placed = new HashSet<SourceId>();
        IEnumerable<SourceDescriptor> starts = byBirth.Where(s => !known.Contains(s.Predecessor));
        foreach (SourceDescriptor start in starts.Concat(byBirth))
        {
            var open = new Stack<SourceDescriptor>([start]);
            while (open.TryPop(out SourceDescriptor? source))
            {
                if (!placed.Add(source.Id))
                    continue;
                ordered.Add(source);
                foreach (SourceDescriptor next in successors[source.Id].Reverse())
                    open.Push(next);
            }
        }
        return ordered;
    }
}
