using System.Globalization;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>Event times as HTTP has them: ISO 8601, UTC, eight decimals.</summary>
internal static class TimeText
{
    /// <summary><c>2026-03-01T12:00:00.12345678Z</c></summary>
    public const int Bytes = 29;

    public static void Format(ulong time, Span<byte> to)
    {
        LogTime.ToDateTimeOffset(time).UtcDateTime.TryFormat(to, out int written, "yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        to[written] = (byte)('0' + (time % 10));
        to[written + 1] = (byte)'Z';
    }

    public static string Format(ulong time)
    {
        Span<byte> text = stackalloc byte[Bytes];
        Format(time, text);
        return System.Text.Encoding.ASCII.GetString(text);
    }
}
