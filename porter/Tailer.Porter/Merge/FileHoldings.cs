namespace Tailer.Porter;

/// <summary>The records of one bucket file of one buck.</summary>
/// <param name="File">The file as it was listed before.</param>
/// <param name="Next">Where its records ended when they were listed; -1: it was gone.</param>
/// <param name="Records">From the position asked for on.</param>
internal sealed record FileHoldings(HeldFile File, long Next, IReadOnlyList<ListedRecord> Records)
{
    /// <summary>Everything the file had when it was listed is here.</summary>
    public bool ReachesListing => Next >= File.Listing.FileBytes;
}
