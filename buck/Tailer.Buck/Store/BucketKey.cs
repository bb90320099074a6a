using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// Which bucket file: two packets with equal keys go to the same file. Widths of whole minutes share the names of minutes,
/// so the key says what the name says, and no more: one file never gets two writers.
/// </summary>
internal readonly record struct BucketKey(ulong Start, bool HasSeconds) : IComparable<BucketKey>
{
    public static BucketKey Of(ulong start, ulong width) => new(start, width % LogTime.PerMinute != 0);

    public string Day => Names.Day(Start);

    /// <summary><c>20261122/0912.b</c>, below the data directory.</summary>
    public string RelativePath => Names.Bucket(Start, HasSeconds ? LogTime.PerSecond : LogTime.PerMinute);

    public static bool TryParse(string day, string fileName, out BucketKey key)
    {
        bool read = Names.TryParseBucket(day, fileName, out ulong start);
        key = new BucketKey(start, fileName.Length == "HHmmss".Length + Names.BucketSuffix.Length);
        return read;
    }

    public int CompareTo(BucketKey other) => Start != other.Start ? Start.CompareTo(other.Start) : HasSeconds.CompareTo(other.HasSeconds);

    public static bool operator <(BucketKey a, BucketKey b) => a.CompareTo(b) < 0;
    public static bool operator >(BucketKey a, BucketKey b) => a.CompareTo(b) > 0;
    public static bool operator <=(BucketKey a, BucketKey b) => a.CompareTo(b) <= 0;
    public static bool operator >=(BucketKey a, BucketKey b) => a.CompareTo(b) >= 0;

    public override string ToString() => RelativePath;
}
