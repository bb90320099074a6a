using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>Packets that are merged together: all of a span or bucket, unless that is more than memory should hold.</summary>
internal static class MergePart
{
    /// <summary>
    /// Memory of one part by <see cref="BytesOf"/>; the runtime may take twice that. What is more gets a segment
    /// for each part, in order of bucket time.
    /// </summary>
    public const long BytesMax = 256L * 1024 * 1024;

    private const long LargeBytes = 32L * 1024 * 1024;

    /// <summary>Beside its bytes an event takes 72 in a decoded block's columns and about as much again while it is ordered.</summary>
    private const int EventBytes = 160;

    /// <summary>Cuts packets, ordered by bucket and sealed time, into parts; a function of the set. No packets are one empty part.</summary>
    public static IReadOnlyList<IReadOnlyList<HeldRecord>> Cut(IEnumerable<HeldRecord> packets, long bytesMax = BytesMax)
    {
        List<HeldRecord> ordered = [.. packets];
        ordered.Sort(HeldRecord.Compare);
        List<IReadOnlyList<HeldRecord>> parts = [];
        List<HeldRecord> part = [];
        long bytes = 0;
        foreach (HeldRecord packet in ordered)
        {
            long more = BytesOf(packet);
            if (part.Count > 0 && bytes + more > bytesMax)
            {
                parts.Add(part);
                part = [];
                bytes = 0;
            }
            part.Add(packet);
            bytes += more;
        }
        parts.Add(part);
        return parts;
    }

    /// <summary>
    /// A part was merged and nothing refers to it any more. Of a large one the memory is given back at once: a runtime left alone collects when the next
    /// one has taken as much again. Some 50 ms beside seconds of merging.
    /// </summary>
    public static void LetGoOf(IReadOnlyList<HeldRecord> part)
    {
        if (part.Sum(BytesOf) >= LargeBytes)
            GiveBack();
    }

    /// <summary>Gives back what nothing refers to, after work that took much.</summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static long BytesOf(HeldRecord packet) => packet.Header is { } header
        ? header.RawBytes + ((long)header.Events * EventBytes)
        : 2 * Limits.PacketRawBytesTarget;
}
