namespace Tailer.Blocks;

/// <summary>What a merge came to. The events are views of the <see cref="EventMerge"/>, valid until that is disposed.</summary>
public sealed record MergeResult
{
    public required MergedEvents Inside { get; init; }

    /// <summary>Events whose time is outside the range asked for.</summary>
    public required MergedEvents Strays { get; init; }

    /// <summary>The bytes of all events kept, inside or not.</summary>
    public required CoverageMap Coverage { get; init; }

    /// <summary>Ranges that are kept although other bytes are kept for them too, here or in an earlier segment.</summary>
    public required IReadOnlyList<(SourceId Source, ByteRange Range)> Conflicts { get; init; }

    /// <summary>Bytes left out because the same bytes are kept, here or in an earlier segment.</summary>
    public long RepeatedBytes { get; init; }
}
