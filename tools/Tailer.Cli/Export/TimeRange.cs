using System.Globalization;
using Tailer.Blocks;
using Tailer.Hosting;

namespace Tailer.Cli.Export;

/// <summary>Event times, end exclusive, in 10^-8 s since 1970.</summary>
internal readonly record struct TimeRange(ulong From, ulong To)
{
    public bool Contains(ulong time) => time >= From && time < To;

    /// <summary>Reads the forms of docs/formats/http.md, 2.2: a time with its zone, <c>now</c>, or relative to now as <c>-5m</c>.</summary>
    /// <exception cref="FatalException">64, with the forms that are understood.</exception>
    public static ulong Parse(string text, DateTimeOffset now)
    {
        if (text == "now")
            return LogTime.From(now);
        if (text.StartsWith('-') && DurationText.TryParse(text.AsSpan(1), out TimeSpan ago))
            return LogTime.From(now - ago);
        // RoundtripKind tells a text without a zone from one with: a time that could be anywhere is a trap in a log system.
        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime time) && time.Kind != DateTimeKind.Unspecified)
            return LogTime.From(new DateTimeOffset(time));
        throw new FatalException(ExitCode.Usage, $"'{text}' is not a time; write 2026-03-01T12:00:00Z, now, or -5m");
    }
}
