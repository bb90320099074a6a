using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A checked record on its way into a bucket file.</summary>
internal sealed class NewRecord(BucketKey bucket, RecordType type, PacketId id, ReadOnlyMemory<byte> body)
{
    public BucketKey Bucket => bucket;

    public RecordType Type => type;

    public PacketId Id => id;

    /// <summary>Unchanged until the append has ended.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>What it takes in the file.</summary>
    public int FileBytes => RecordHeader.Bytes + body.Length;

    /// <summary>It is also stored when it is there, and damaged.</summary>
    public bool Healed { get; init; }

    /// <summary>
    /// Called when it has been written, in the moment from which on it is among the records: for who takes a <see cref="StoreMark"/>, both happen at once. Must
    /// not wait for anything.
    /// </summary>
    public Action? Stored { get; init; }
}
