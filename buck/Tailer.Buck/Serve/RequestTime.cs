using System.Globalization;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>Times in requests: docs/formats/http.md, 2.2.</summary>
internal static class RequestTime
{
    public const string Expected = "a time such as 2026-03-01T12:00:00Z, now, -90s, -5m, -1h or -2d";

    public static bool TryParse(string text, TimeProvider clock, out ulong time)
    {
        time = LogTime.Now(clock);
        if (text == "now")
            return true;
        return text.StartsWith('-') ? TryParseAgo(text, ref time) : TryParseAbsolute(text, out time);
    }

    private static bool TryParseAgo(string text, ref ulong time)
    {
        ulong unit = text[^1] switch { 's' => LogTime.PerSecond, 'm' => LogTime.PerMinute, 'h' => LogTime.PerHour, 'd' => LogTime.PerDay, _ => 0 };
        if (unit == 0 || !uint.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out uint count))
            return false;
        ulong ago = count * unit;
        time = ago < time ? time - ago : 0;
        return true;
    }

    private static bool TryParseAbsolute(string text, out ulong time)
    {
        time = 0;
        bool hasZone = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-');
        return hasZone && LogTime.TryParse(text, out time);
    }
}
