using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A matching event: when, which, and where it was found (number of the packet in the scan, index in its block).</summary>
internal readonly record struct Hit(ulong Time, SourceId Source, ulong Offset, int Packet, int Index) : IComparable<Hit>
{
    /// <summary>By time, then by what makes the order the same on every buck.</summary>
    public int CompareTo(Hit other)
    {
        int order = Time.CompareTo(other.Time);
        if (order == 0)
            order = Source.CompareTo(other.Source);
        return order != 0 ? order : Offset.CompareTo(other.Offset);
    }

    public static bool operator <(Hit a, Hit b) => a.CompareTo(b) < 0;
    public static bool operator >(Hit a, Hit b) => a.CompareTo(b) > 0;
    public static bool operator <=(Hit a, Hit b) => a.CompareTo(b) <= 0;
    public static bool operator >=(Hit a, Hit b) => a.CompareTo(b) >= 0;
}
