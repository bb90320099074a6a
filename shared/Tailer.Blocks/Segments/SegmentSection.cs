namespace Tailer.Blocks;

/// <summary>Tags of a footer's sections; readers skip those they do not know.</summary>
internal enum SegmentSection : byte
{
    Summary = 1,
    Sources = 2,
    Blocks = 3,
    Packets = 4,
    Manifests = 5,
    Gaps = 6,
    Silent = 7,
    Filters = 8,
    Checksums = 9,
}
