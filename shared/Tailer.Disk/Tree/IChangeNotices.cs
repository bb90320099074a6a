namespace Tailer.Disk;

/// <summary>
/// Tells which names in directories, and the content of which files, changed. It saves looking, and may miss something: whoever
/// uses it looks at everything now and then all the same. For one thread.
/// </summary>
public interface IChangeNotices
{
    /// <summary>Changes are told at all.</summary>
    bool IsOn { get; }

    /// <summary>True when changes in every directory asked for are told.</summary>
    bool WatchesAll { get; }

    /// <summary>Why not every change is told, with the first directory concerned; null when all are, or none was asked for.</summary>
    string? Trouble => null;

    /// <summary>
    /// Watches these directories and no others. True when one is watched only from now on: what happened in it since it was looked
    /// at was not told, so it has to be looked at again.
    /// </summary>
    bool Watch(IReadOnlySet<string> directories);

    /// <summary>
    /// Takes what was told since the last call: paths whose name appeared, changed or went, and paths whose content changed.
    /// False when notices were lost and everything has to be looked at.
    /// </summary>
    /// <param name="changedNames">Gets the former.</param>
    /// <param name="changedContent">Gets the latter.</param>
    /// <param name="created">Gets a path for each file, or name of one, that was made there, in their order; what was renamed was not made.</param>
    bool TryTake(ISet<string> changedNames, ISet<string> changedContent, ICollection<string>? created = null);
}
