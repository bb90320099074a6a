namespace Tailer.Blocks;

/// <summary>What a manifest claims of one source: the range sent in the buckets covered, and what will never be sent.</summary>
public sealed record ManifestSource
{
    public required SourceDescriptor Descriptor { get; init; }
    public required ulong From { get; init; }
    public required ulong To { get; init; }
    public int Events { get; init; }
    public IReadOnlyList<Skip> Skips { get; init; } = [];

    public SourceId Id => Descriptor.Id;
}
