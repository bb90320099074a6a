using System.Buffers;
using System.Globalization;

namespace Tailer.Hosting;

/// <summary>Durations as people write them in configuration: <c>250ms</c>, <c>10s</c>, <c>1h30m</c>, <c>14d</c>.</summary>
public static class DurationText
{
    /// <summary>What to tell somebody whose duration could not be read.</summary>
    public const string Expected = "a duration such as 250ms, 10s, 1m, 48h or 14d";

    private static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789.");

    /// <summary>Reads one or more number-and-unit pairs; a bare number has no meaning and is refused (except 0).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        text = text.Trim();
        if (text is "0")
            return true;
        if (text.IsEmpty)
            return false;
        double ticks = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExcept(NumberChars);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
                return false;
            text = text[digits..];
            int next = text.IndexOfAny(NumberChars);
            ReadOnlySpan<char> unit = (next < 0 ? text : text[..next]).Trim();
            if (TicksPerUnit(unit) is not { } scale)
                return false;
            ticks += number * scale;
            text = next < 0 ? default : text[next..];
        }

        if (ticks > TimeSpan.MaxValue.Ticks / 2)
            return false;
        value = TimeSpan.FromTicks((long)Math.Round(ticks));
        return true;
    }

    /// <summary>The shortest exact text that <see cref="TryParse"/> reads back to the same value (whole microseconds).</summary>
    public static string Format(TimeSpan value)
    {
        long ticks = value.Ticks;
        foreach ((string unit, long scale) in Units)
        {
            if (ticks % scale == 0 && (ticks != 0 || unit == "s"))
                return string.Create(CultureInfo.InvariantCulture, $"{ticks / scale}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{ticks / 10.0}us");
    }

    private static readonly (string Unit, long Scale)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
    ];

    private static long? TicksPerUnit(ReadOnlySpan<char> unit)
    {
        foreach ((string name, long scale) in Units)
        {
            if (unit.SequenceEqual(name))
                return scale;
        }

        return null;
    }
}
