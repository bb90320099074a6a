using System.Globalization;

namespace Tailer.Blocks;

/// <summary>All on-disk names in one place.</summary>
public static class Names
{
    public const string BucketSuffix = ".b";
    public const string SegmentSuffix = ".seg";
    public const string StraysSuffix = ".strays.seg";
    public const string DayFormat = "yyyyMMdd";

    /// <summary><c>20261122</c>, the folder of a day.</summary>
    public static string Day(ulong time) => LogTime.ToDateTimeOffset(time).ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>It may be the folder of a day.</summary>
    public static bool IsDay(string name) => name.Length == DayFormat.Length && name.All(char.IsAsciiDigit);

    /// <summary><c>20261122/0912.b</c>, or <c>20261122/091210.b</c> for widths that are not whole minutes.</summary>
    public static string Bucket(ulong start, ulong width) => $"{Day(start)}/{Slot(start, width)}{BucketSuffix}";

    /// <summary>The start of the bucket a file name stands for, given the name of its day's folder.</summary>
    public static bool TryParseBucket(string day, string fileName, out ulong start)
    {
        start = 0;
        if (!fileName.EndsWith(BucketSuffix, StringComparison.Ordinal))
            return false;
        string slot = fileName[..^BucketSuffix.Length];
        return TryParseSlot(day, slot, out start) && slot.Length is 4 or 6;
    }

    /// <summary><c>prod/20261122/09</c>: the folder, or prefix, of a span's archive objects, without a slash at the end.</summary>
    public static string Span(string environment, ulong start, ulong width)
    {
        string slot = width % LogTime.PerHour == 0
            ? LogTime.ToDateTimeOffset(start).ToString("HH", CultureInfo.InvariantCulture)
            : Slot(start, width);
        return $"{environment}/{Day(start)}/{slot}";
    }

    /// <summary>The start of the span that a folder of the archive stands for.</summary>
    public static bool TryParseSpan(string day, string slot, out ulong start) => TryParseSlot(day, slot, out start);

    /// <summary><c>20261122T090000Z-20261122T100000Z-&lt;hash&gt;.seg</c></summary>
    public static string Segment(ulong eventMin, ulong eventMax, ContentHash hash, bool strays) =>
        $"{Second(eventMin)}-{Second(Ceiling(eventMax))}-{hash}{(strays ? StraysSuffix : SegmentSuffix)}";

    /// <summary>Reads a segment's file name; times are whole seconds, least rounded down, greatest rounded up.</summary>
    public static bool TryParseSegment(string fileName, out ulong eventMin, out ulong eventMax, out ContentHash hash)
    {
        eventMin = eventMax = 0;
        hash = default;
        string suffix = fileName.EndsWith(StraysSuffix, StringComparison.Ordinal) ? StraysSuffix : SegmentSuffix;
        if (!fileName.EndsWith(suffix, StringComparison.Ordinal))
            return false;
        string[] parts = fileName[..^suffix.Length].Split('-');
        return parts.Length == 3
            && TryParseSecond(parts[0], out eventMin)
            && TryParseSecond(parts[1], out eventMax)
            && ContentHash.TryParse(parts[2], out hash);
    }

    private static string Slot(ulong start, ulong width) => LogTime.ToDateTimeOffset(start)
        .ToString(width % LogTime.PerMinute == 0 ? "HHmm" : "HHmmss", CultureInfo.InvariantCulture);

    private static bool TryParseSlot(string day, string slot, out ulong start)
    {
        start = 0;
        string? format = slot.Length switch { 2 => "HH", 4 => "HHmm", 6 => "HHmmss", _ => null };
        if (format is null || !DateTimeOffset.TryParseExact(day + slot, DayFormat + format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return false;
        start = LogTime.From(time);
        return true;
    }

    /// <summary>The last second there is stands for itself.</summary>
    private static ulong Ceiling(ulong time)
    {
        ulong second = LogTime.Floor(time, LogTime.PerSecond);
        return second == time || second > ulong.MaxValue - LogTime.PerSecond ? second : second + LogTime.PerSecond;
    }

    private static string Second(ulong time) => LogTime.ToDateTimeOffset(time).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static bool TryParseSecond(string text, out ulong time)
    {
        time = 0;
        if (!DateTimeOffset.TryParseExact(text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed))
            return false;
        time = LogTime.From(parsed);
        return true;
    }
}
