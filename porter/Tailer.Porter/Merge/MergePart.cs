namespace Tailer.Porter;

/// <summary>Packets that are merged together: all of a span or bucket, unless that is more than memory should hold.</summary>
internal static class MergePart
{
    /// <summary>
    /// Raw bytes of one part. Decoded, with about 80 bytes an event beside, a part takes about one and a half times that; a
    /// span with more gets a segment for each part, in order of bucket time.
    /// </summary>
    public const long RawBytesMax = 256L * 1024 * 1024;

    /// <summary>Cuts packets, ordered by bucket and sealed time, into parts; a function of the set. No packets are one empty part.</summary>
    public static IReadOnlyList<IReadOnlyList<HeldRecord>> Cut(IEnumerable<HeldRecord> packets, long rawBytesMax = RawBytesMax)
    {
        List<HeldRecord> ordered = [.. packets];
        ordered.Sort(HeldRecord.Compare);
        List<IReadOnlyList<HeldRecord>> parts = [];
        List<HeldRecord> part = [];
        long rawBytes = 0;
        foreach (HeldRecord packet in ordered)
        {
            long more = packet.Header?.RawBytes ?? Tailer.Blocks.Limits.PacketRawBytesTarget;
            if (part.Count > 0 && rawBytes + more > rawBytesMax)
            {
                parts.Add(part);
                part = [];
                rawBytes = 0;
            }
            part.Add(packet);
            rawBytes += more;
        }
        parts.Add(part);
        return parts;
    }
}
