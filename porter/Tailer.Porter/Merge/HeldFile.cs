using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>A bucket file of a buck, as its buck listed it.</summary>
internal sealed record HeldFile(IBuck Buck, BucketListing Listing)
{
    public ulong Start => Listing.File.Start;

    public ulong End => Listing.File.Start + ((ulong)Listing.File.WidthSeconds * LogTime.PerSecond);

    public HeldFileName Name => new(Buck.Name, Listing.File);
}
