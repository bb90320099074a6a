using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Files that came and went before they could be opened.</summary>
internal sealed partial class Finder
{
    private readonly Arrivals arrivals = new();

    /// <summary>Files were created of which it is not settled whether they were found.</summary>
    public bool AwaitsArrivals => !arrivals.IsIdle;

    /// <summary>
    /// Notices were taken, and nothing of them was looked at yet. Returns the paths under which files came and went since, with their number, as far as
    /// that can be said by now.
    /// </summary>
    /// <param name="changedNames">Names that appeared, changed or went.</param>
    /// <param name="created">Those of files that were created, one for each.</param>
    /// <param name="isWhole">No notice was lost.</param>
    /// <param name="isAllCaught">What was opened elsewhere when it appeared was handed over.</param>
    public IReadOnlyList<(FollowedPath Path, int Files)> NoteArrivals(IReadOnlySet<string> changedNames, IReadOnlyList<string> created, bool isWhole, bool isAllCaught)
    {
        if (!isWhole)
        {
            arrivals.Forget();
            return [];
        }
        if (arrivals.IsIdle && created.Count == 0)
        {
            arrivals.NoteCreated([]);
            return [];
        }
        HashSet<string> concerned = [.. changedNames, .. changedNames.SelectMany(Originals)];
        IReadOnlyList<(string Path, int Files)> settled = arrivals.Settle(path => isAllCaught && !concerned.Contains(path) && !IsOpen(path));
        arrivals.NoteCreated(created.Where(path => paths.ContainsKey(path) || sets.Any(s => s.Follows(path))));
        var gone = new List<(FollowedPath, int)>();
        foreach ((string place, int files) in settled)
        {
            if (paths.TryGetValue(place, out FollowedPath? path) && CountGone(path, files) is > 0 and int count)
                gone.Add((path, count));
        }
        return gone;
    }

    /// <summary>The descriptor of a file of which nothing is known but its path, and when it was missed.</summary>
    public SourceDescriptor DescribeUnseen(FollowedPath path, uint number)
    {
        ulong nowNs = tree.NowNs;
        return new SourceDescriptor
        {
            Id = SourceDescriptor.DeriveId(SourceKind.File, agent.Name, 0, 0, nowNs, number, path.Path),
            Agent = agent.Name,
            Host = agent.Host,
            Path = path.Path,
            App = path.App,
            BirthTimeNs = nowNs,
            Incarnation = number,
            Predecessor = path.Last?.Predecessor ?? default,
            Tags = path.Set.Tags,
        };
    }

    private static IEnumerable<string> Originals(string place)
    {
        string directory = Path.GetDirectoryName(place)!;
        return RotatedName.Originals(Path.GetFileName(place)).Select(original => Path.Join(directory, original));
    }

    /// <summary>What is beside the path could not be told yet, or looked at.</summary>
    private bool IsOpen(string place) => paths.TryGetValue(place, out FollowedPath? path)
        && (path.IsHidden || path.Searched is null || path.Waiting.Count > 0);

    /// <summary>Of files that were created and not found under the path those that nobody has: not what is there now under this or another name.</summary>
    private int CountGone(FollowedPath path, int files)
    {
        // Where links lead, and what is taken for the rotation of another path, was found under another path.
        if (!ReferenceEquals(path.RealPath, path.Path) || Originals(path.Path).Any(paths.ContainsKey))
            return 0;
        FilePresence presence = tree.Look(path.Path, out FileStatus status);
        if (presence == FilePresence.Hidden)
            return 0;
        bool isOfOther = presence == FilePresence.There && book.Find(status.Identity)?.Path != path;
        return isOfOther ? files - 1 : files;
    }
}
