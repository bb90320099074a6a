using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>
/// What this process remembers of a span between rounds, only to save work: losing it means looking again, never deciding
/// differently.
/// </summary>
internal sealed class SpanState
{
    private readonly Dictionary<HeldFileName, (BucketListing Listing, ulong Since)> proved = [];
    private Dictionary<HeldFileName, BucketListing> seen = [];
    private ulong lookAgain;

    /// <summary>True when a look may find something to do: the files are not all proved, and something changed or time has passed.</summary>
    public bool IsDue(IReadOnlyList<HeldFile> files, ulong now) =>
        files.Any(file => ProvedSince(file) is null) && (now >= lookAgain || !AreAsSeen(files));

    /// <summary>Remembers the files; true when they are as they were at the last look.</summary>
    public bool See(IReadOnlyList<HeldFile> files)
    {
        bool isStable = AreAsSeen(files);
        seen = files.ToDictionary(file => file.Name, file => file.Listing);
        return isStable;
    }

    public void LookAgain(ulong at) => lookAgain = at;

    /// <summary>Everything in the file, as it was listed, is archived and proved.</summary>
    public void Prove(HeldFile file, ulong now)
    {
        if (ProvedSince(file) is null)
            proved[file.Name] = (file.Listing, now);
    }

    /// <summary>The file is not what was proved any more.</summary>
    public void Doubt(HeldFile file) => proved.Remove(file.Name);

    /// <summary>Since when the file is proved as it is listed now; null when it is not.</summary>
    public ulong? ProvedSince(HeldFile file) =>
        proved.TryGetValue(file.Name, out (BucketListing Listing, ulong Since) was) && IsSame(was.Listing, file.Listing) ? was.Since : null;

    private bool AreAsSeen(IReadOnlyList<HeldFile> files) =>
        files.All(file => seen.TryGetValue(file.Name, out BucketListing was) && IsSame(was, file.Listing));

    private static bool IsSame(BucketListing a, BucketListing b) => a.FileBytes == b.FileBytes && a.IdsHash == b.IdsHash;
}
