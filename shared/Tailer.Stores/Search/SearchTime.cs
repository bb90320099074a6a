using System.Globalization;
using System.Text.RegularExpressions;
using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// Times in requests: ISO 8601 with a zone, <c>now</c>, or back from now (<c>-90s -5m -1h -2d</c>); and event times in answers.
/// Both are exact to the 10^-8 s of <see cref="LogTime"/>, so that the time of an event finds it again.
/// </summary>
public static partial class SearchTime
{
    public const string Expected = "a time: 2026-03-01T12:00:00Z, now, -90s, -5m, -1h or -2d";

    private const int Decimals = 8;

    /// <summary><c>2026-03-01T12:00:00.12345678Z</c></summary>
    public static string Format(ulong time) => string.Create(
        CultureInfo.InvariantCulture, $"{LogTime.ToDateTimeOffset(time).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}.{time % LogTime.PerSecond:D8}Z");

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

        // Without a zone a time would mean something else on every machine. The fraction is read by itself: .NET rounds it to 100 ns.
        if (Zoned().Match(text) is not { Success: true } zoned || !LogTime.TryParse(zoned.Groups[1].Value + zoned.Groups[3].Value, out time))
            return false;
        if (zoned.Groups[2].Success)
            time += ulong.Parse(zoned.Groups[2].Value.PadRight(Decimals, '0')[..Decimals], CultureInfo.InvariantCulture);
        return true;
    }

    [GeneratedRegex(@"\A-([0-9]{1,8})([smhd])\z")]
    private static partial Regex Back();

    [GeneratedRegex(@"\A(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:(?<=:\d{2}:\d{2})\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})\z")]
    private static partial Regex Zoned();
}
