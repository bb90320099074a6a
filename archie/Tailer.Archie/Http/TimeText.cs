using System.Globalization;
using System.Text.RegularExpressions;
using Tailer.Blocks;

namespace Tailer.Archie;

/// <summary>Times in requests: ISO 8601 with a zone, <c>now</c>, or back from now (<c>-90s -5m -1h -2d</c>).</summary>
internal static partial class TimeText
{
    public const string Expected = "a time: 2026-03-01T12:00:00Z, now, -90s, -5m, -1h or -2d";

    public static bool TryParse(string text, ulong now, out ulong time)
    {
        time = now;
        if (text == "now")
            return true;
        if (Back().Match(text) is { Success: true } back)
        {
            ulong unit = back.Groups[2].Value switch { "s" => LogTime.PerSecond, "m" => LogTime.PerMinute, "h" => LogTime.PerHour, _ => LogTime.PerDay };
            ulong span = ulong.Parse(back.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit;
            time = span > now ? 0 : now - span;
            return true;
        }

        // Without a zone a time would mean something else on every machine.
        return Zoned().IsMatch(text) && LogTime.TryParse(text, out time);
    }

    [GeneratedRegex(@"\A-([0-9]{1,8})([smhd])\z")]
    private static partial Regex Back();

    [GeneratedRegex(@"\A\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})\z")]
    private static partial Regex Zoned();
}
