namespace Tailer.Blocks;

/// <summary>What a packet holds of one source; flags as in docs/formats/frame.md.</summary>
public sealed record SourceRange
{
    public required SourceId Source { get; init; }

    /// <summary>Offset of the first byte.</summary>
    public required ulong From { get; init; }

    /// <summary>Offset after the last byte.</summary>
    public required ulong To { get; init; }
    public required int Events { get; init; }

    /// <summary>The agent had lost its place: these bytes may have been sent before under another packet id.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>Not every byte of the range is in the packet: a rule dropped some.</summary>
    public bool HasHoles { get; init; }
    public SourceDescriptor? Descriptor { get; init; }
}
