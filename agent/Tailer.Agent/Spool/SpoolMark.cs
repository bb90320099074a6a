namespace Tailer.Agent;

/// <summary>A place in the spool: a bucket and a position in its file. Ordered as records were written.</summary>
internal readonly record struct SpoolMark(ulong Bucket, long Position) : IComparable<SpoolMark>
{
    public int CompareTo(SpoolMark other)
    {
        int order = Bucket.CompareTo(other.Bucket);
        return order != 0 ? order : Position.CompareTo(other.Position);
    }

    public static bool operator <(SpoolMark a, SpoolMark b) => a.CompareTo(b) < 0;
    public static bool operator >(SpoolMark a, SpoolMark b) => a.CompareTo(b) > 0;
    public static bool operator <=(SpoolMark a, SpoolMark b) => a.CompareTo(b) <= 0;
    public static bool operator >=(SpoolMark a, SpoolMark b) => a.CompareTo(b) >= 0;
}
