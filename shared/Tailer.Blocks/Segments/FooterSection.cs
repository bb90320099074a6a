namespace Tailer.Blocks;

/// <summary>A section of a segment's footer as it lies there; the name is null where this version does not know the tag.</summary>
public readonly record struct FooterSection(ulong Tag, string? Name, int Bytes);
