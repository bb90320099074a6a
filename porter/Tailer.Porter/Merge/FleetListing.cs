namespace Tailer.Porter;

/// <summary>The bucket files of all bucks that answered, at one moment.</summary>
internal sealed class FleetListing(IReadOnlyList<IBuck> reachable, IReadOnlyList<string> unreachable, IReadOnlyList<HeldFile> files)
{
    public static FleetListing Empty { get; } = new([], [], []);

    public IReadOnlyList<IBuck> Reachable => reachable;

    /// <summary>Names of the bucks that did not answer.</summary>
    public IReadOnlyList<string> Unreachable => unreachable;

    public IReadOnlyList<HeldFile> Files => files;

    /// <summary>The files of buckets that start in [from, to).</summary>
    public IEnumerable<HeldFile> In(ulong from, ulong to) => files.Where(file => file.Start >= from && file.Start < to);
}
