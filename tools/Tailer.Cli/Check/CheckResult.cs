using System.Globalization;
using Tailer.Hosting;

namespace Tailer.Cli.Check;

/// <summary>What a check says: one line, data for graphs after a bar, and further lines; docs/operating.md.</summary>
/// <param name="Asked">What was asked.</param>
/// <param name="State">The state.</param>
/// <param name="Count">Lines that match; null when nobody could say.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Notes">More of them.</param>
internal sealed record CheckResult(CheckAsked Asked, CheckState State, long? Count, string Summary, IReadOnlyList<string> Notes)
{
    /// <summary>Judges a count. What is missing never hides an alert, and never makes one up.</summary>
    public static CheckResult Of(CheckAsked asked, CheckCount count)
    {
        CheckState state = asked.Crit?.IsAlert(count.Lines) == true ? CheckState.Critical : asked.Warn?.IsAlert(count.Lines) == true ? CheckState.Warning : CheckState.Ok;
        string lines = $"{(count.IsLeast ? "at least " : "")}{count.Lines.ToString(CultureInfo.InvariantCulture)} line{(count.Lines == 1 ? "" : "s")} match {Shown(asked)} in {DurationText.Format(asked.Over)}";
        // More lines could make it better or worse, depending on the thresholds: only an answer that has them all can be relied on.
        if (count.MayBeMore && !IsSettled(asked, count.Lines, state))
            return new CheckResult(asked, CheckState.Unknown, count.Lines, $"{lines}, but not all were counted", count.Notes);
        return new CheckResult(asked, state, count.Lines, lines, count.Notes);
    }

    public static CheckResult Unknown(CheckAsked asked, string why) => new(asked, CheckState.Unknown, null, why, []);

    /// <summary>The plug-in's first line, without what is for graphs.</summary>
    public static string FirstLine(CheckState state, string summary) => $"TAILER {state.ToString().ToUpperInvariant()} - {OneLine(summary)}";

    /// <summary>The plug-in's output, without a line end.</summary>
    public override string ToString()
    {
        string data = Count is { } count ? $" | lines={count.ToString(CultureInfo.InvariantCulture)};{Asked.Warn?.Text};{Asked.Crit?.Text};0" : "";
        return string.Join('\n', Notes.Select(OneLine).Prepend(FirstLine(State, Summary) + data));
    }

    /// <summary>True when any greater count gives the same state.</summary>
    private static bool IsSettled(CheckAsked asked, long lines, CheckState state)
    {
        bool critical = asked.Crit is null || Stays(asked.Crit, lines);
        bool warning = asked.Warn is null || Stays(asked.Warn, lines);
        return critical && (state == CheckState.Critical || warning);
    }

    /// <summary>True when counts from here on are all on the same side of the threshold.</summary>
    private static bool Stays(AlertRange range, long lines) => lines > range.End || (lines >= range.Start && double.IsPositiveInfinity(range.End));

    private static string Shown(CheckAsked asked) => asked.Query.Length == 0 ? "everything" : asked.Query;

    /// <summary>A bar begins the data for graphs.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('|', '\u00a6');
}
