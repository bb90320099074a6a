using System.Globalization;
using Tailer.Blocks;

namespace Tailer.Cli.Show;

/// <summary>Numbers for people.</summary>
internal static class Quantity
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>12,345</c></summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 event</c>, <c>12,345 events</c></summary>
    public static string Count(long value, string what) => $"{Number(value)} {what}{(value == 1 ? "" : "s")}";

    /// <summary><c>12.1 KiB</c></summary>
    public static string Bytes(long value)
    {
        double scaled = value;
        int unit = 0;
        for (; scaled >= 1024 && unit < Units.Length - 1; unit++)
            scaled /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{scaled:0.#} {Units[unit]}");
    }

    /// <summary>To the millisecond, UTC: <c>2026-11-22 09:00:00.123</c>.</summary>
    public static string Time(ulong time) => LogTime.ToDateTimeOffset(time).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>The same without the day, where it is that of the time before it.</summary>
    public static string TimeAfter(ulong time, ulong before) =>
        LogTime.Floor(time, LogTime.PerDay) == LogTime.Floor(before, LogTime.PerDay) ? Time(time)[11..] : Time(time);

    public static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");
}
