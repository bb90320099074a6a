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

    /// <summary>
    /// Called when a disk hangs in writing it, with a text for people: it may be stored or not, and who sent it must send it elsewhere. The append itself ends when
    /// the disk answers. Must not wait for anything.
    /// </summary>
    public Action<string>? Hangs { get; init; }

    /// <summary>Keeps it from being stored twice at once; null where nothing must.</summary>
    public PacketClaim? Claim { get; set; }

    /// <summary>A disk hung in writing it, and it was given up.</summary>
    public bool IsGivenUp { get; private set; }

    public void GiveUp(string text)
    {
        IsGivenUp = true;
        Claim?.Release();
        Hangs?.Invoke(text);
    }
}
