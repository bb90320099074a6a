using System.Buffers.Binary;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A stored packet that is to be counted: 32 bytes in the journal, docs/formats/counters.md.</summary>
internal readonly record struct JournalEntry(BucketKey Bucket, PacketId Id, int Events, bool Counts, bool IsUncertain)
{
    public const int Bytes = 32;

    private const uint Magic = 0x31_43_54; // "TC1"

    public void WriteTo(Span<byte> to)
    {
        uint flags = (Bucket.HasSeconds ? 1u : 0) | (Counts ? 2u : 0) | (IsUncertain ? 4u : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic | (flags << 24));
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], Events);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Bucket.Start);
        Id.WriteTo(to[16..]);
    }

    /// <summary>False where there is none: at a torn end.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out JournalEntry entry)
    {
        entry = default;
        if (from.Length < Bytes)
            return false;
        uint head = BinaryPrimitives.ReadUInt32LittleEndian(from);
        int events = BinaryPrimitives.ReadInt32LittleEndian(from[4..]);
        if ((head & 0xff_ff_ff) != Magic || events is < 0 or > Limits.BlockEventsMax)
            return false;
        uint flags = head >> 24;
        var bucket = new BucketKey(BinaryPrimitives.ReadUInt64LittleEndian(from[8..]), (flags & 1) != 0);
        entry = new JournalEntry(bucket, PacketId.Read(from[16..]), events, (flags & 2) != 0, (flags & 4) != 0);
        return true;
    }
}
