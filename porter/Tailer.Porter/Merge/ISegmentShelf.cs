using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>Where segments are kept: the archive, or the recent index.</summary>
internal interface ISegmentShelf
{
    /// <summary>Every segment; reads every footer.</summary>
    IAsyncEnumerable<StoredSegment> AllAsync(CancellationToken stopping);

    /// <summary>Opens a segment; null when it is gone or damaged.</summary>
    Task<SegmentReader?> OpenAsync(string name, CancellationToken stopping);

    /// <summary>From now on the segment is as if it were not there.</summary>
    void MarkDamaged(string name, string reason);
}
