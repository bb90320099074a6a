namespace Tailer.Agent;

/// <summary>
/// Counts files that were created under followed paths, by the kernel's notices, against those that were found. A file may come, be renamed and be
/// deleted before the agent gets a processor: nobody can read it any more, but that it was there is known. Belongs to the reading thread.
/// </summary>
internal sealed class Arrivals
{
    /// <summary>Paths under which something was created since they were last settled.</summary>
    private readonly Dictionary<string, Tally> open = new(StringComparer.Ordinal);

    /// <summary>Files found under other paths since notices were taken last: theirs may be among those taken next.</summary>
    private readonly Dictionary<string, int> found = new(StringComparer.Ordinal);

    /// <summary>Notices are taken; where none ever are, what is found is not to be kept for them.</summary>
    private bool isTold;

    /// <summary>Nothing is counted and nothing is to be settled.</summary>
    public bool IsIdle => open.Count == 0;

    /// <summary>A file was found that had not been known, and that was at this path. Before notices are first taken it is none of theirs.</summary>
    public void NoteFound(string path)
    {
        if (open.TryGetValue(path, out Tally? tally))
            tally.Found++;
        else if (isTold)
            found[path] = found.GetValueOrDefault(path) + 1;
    }

    /// <summary>
    /// Notices were taken: files were created at these paths, a name more than once for several. To be called with each taking, before the names
    /// are looked at, and after <see cref="Settle"/>.
    /// </summary>
    public void NoteCreated(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            if (!open.TryGetValue(path, out Tally? tally))
                open.Add(path, tally = new Tally { Found = found.GetValueOrDefault(path) });
            tally.Created++;
        }
        found.Clear();
        isTold = true;
    }

    /// <summary>
    /// Paths of which all notices were taken and looked at, and of which none came since: so many files more were created there than found. The
    /// others wait.
    /// </summary>
    /// <param name="isAtRest">Nothing was noticed about the path, nor about what may have been renamed from it, since it was looked at.</param>
    public IReadOnlyList<(string Path, int Files)> Settle(Func<string, bool> isAtRest)
    {
        if (open.Count == 0)
            return [];
        var settled = new List<(string, int)>();
        foreach ((string path, Tally tally) in open.Where(entry => isAtRest(entry.Key)).ToArray())
        {
            open.Remove(path);
            if (tally.Created > tally.Found)
                settled.Add((path, tally.Created - tally.Found));
        }
        return settled;
    }

    /// <summary>Notices were lost: nothing can be said of what was counted so far.</summary>
    public void Forget()
    {
        open.Clear();
        found.Clear();
        isTold = true;
    }

    private sealed class Tally
    {
        public int Created { get; set; }
        public int Found { get; set; }
    }
}
