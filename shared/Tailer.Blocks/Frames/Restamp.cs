using System.Buffers.Binary;

namespace Tailer.Blocks;

/// <summary>
/// A packet that nobody has, sealed once more because its time was wrong: the same block and the same sources under another stamp, and
/// so another packet. Every source is said to repeat: somebody may have the first one after all. Byte table: docs/formats/frame.md.
/// </summary>
public static class Restamp
{
    private const int EpochAt = 16;
    private const int NumberAt = 32;
    private const int BucketSecondsAt = 72;
    private const int AgentBytesAt = 78;
    private const byte MayRepeat = 1;

    /// <summary>Null when the bytes are no whole frame.</summary>
    public static Packet? TrySeal(ReadOnlySpan<byte> frame, EpochId epoch, ulong number, ulong sealedTime, int bucketSeconds)
    {
        if (FrameHeader.TryReadFrame(frame, out FrameHeader? header) != FrameError.None)
            return null;
        byte[] bytes = frame.ToArray();
        epoch.WriteTo(bytes.AsSpan(EpochAt));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(NumberAt), number);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(FrameHeader.SealedTimeAt), sealedTime);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(BucketSecondsAt), checked((ushort)bucketSeconds));
        bytes[FrameHeader.FlagsAt] |= (byte)FrameFlags.SealedAgain;
        FlagSources(bytes.AsSpan(0, header!.HeaderBytes - 4), header.Sources.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(header.HeaderBytes - 4), Crc32C.Compute(bytes.AsSpan(0, header.HeaderBytes - 4)));
        return Packet.TryRead(bytes, out _);
    }

    private static void FlagSources(Span<byte> header, int sources)
    {
        int at = FrameHeader.FixedBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[AgentBytesAt..]);
        for (int i = 0; i < sources; i++)
        {
            var r = new SpanReader(header[at..]);
            r.SourceId();
            r.Varint();
            r.Varint();
            r.Varint();
            int flagsAt = header.Length - r.Remaining;
            bool isDescribed = (r.U8() & 2) != 0;
            if (isDescribed)
                r.LengthPrefixed(Limits.DescriptorBytesMax);
            at = header.Length - r.Remaining;
            header[flagsAt] |= MayRepeat;
        }
    }
}
