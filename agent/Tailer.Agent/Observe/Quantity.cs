using System.Globalization;

namespace Tailer.Agent;

/// <summary>Numbers for people.</summary>
internal static class Quantity
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>12.1 KiB</c></summary>
    public static string Bytes(long value)
    {
        double scaled = value;
        int unit = 0;
        for (; scaled >= 1024 && unit < Units.Length - 1; unit++)
            scaled /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{scaled:0.#} {Units[unit]}");
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 file</c>, <c>10,000 files</c></summary>
    public static string Count(long value, string what) => $"{Number(value)} {what}{(value == 1 ? "" : "s")}";

    /// <summary><c>0.0 s</c>, <c>4 min</c>, <c>3 h</c>, <c>2 d</c></summary>
    public static string Time(TimeSpan span) => span.TotalSeconds < 100 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
        : span.TotalMinutes < 100 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min")
        : span.TotalHours < 48 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} d");
}
