using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>A span: the unit of archiving. Times are bucket times.</summary>
internal readonly record struct SpanRange(ulong Start, ulong Width)
{
    public ulong End => Start + Width;

    public static SpanRange Of(ulong bucket, ulong width) => new(LogTime.Floor(bucket, width), width);

    public override string ToString() => LogTime.ToDateTimeOffset(Start).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
