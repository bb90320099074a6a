using System.Globalization;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>
/// Outcomes as a table of Markdown, which people can read as it is. The last row of each scenario is kept in artifacts/reliability, so that one can be
/// run again without all others.
/// </summary>
internal static class OutcomeTable
{
    private const string Begin = "<!-- table: tools/reliability --markdown -->";
    private const string TrialsBegin = "<!-- trials: tools/reliability --markdown -->";
    private const string End = "<!-- end of table -->";

    private static readonly string Kept = Path.Combine(BuildOutput.Repository, "artifacts", "reliability");

    private static readonly string[] Head =
    [
        "| scenario | system | lines written | lines/s reached | rotations | kills | lines lost | lines repeated | of the lost bytes reported | files the same by SHA-256 | audit | archived after, s | agent's memory at most, MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ];

    private static readonly string[] TrialsHead = ["| trial | what came of it |", "|---|---|"];

    public static void Keep(Scenario scenario, Outcome outcome) => Keep(scenario.Name, Row(outcome));

    public static void Keep(Trial trial, TrialOutcome outcome) =>
        Keep(trial.Name, $"| {outcome.What} | {(outcome.KeepsPromise ? "" : "**" + string.Join("; ", outcome.Broken).Replace('\n', ' ') + "**; ")}{outcome.Came} |");

    /// <summary>The kept rows of these scenarios.</summary>
    public static IEnumerable<string> Lines(IEnumerable<Scenario> scenarios) => [.. Head, .. KeptRows(scenarios.Select(s => s.Name))];

    public static IEnumerable<string> Lines(IEnumerable<Trial> trials) => [.. TrialsHead, .. KeptRows(trials.Select(t => t.Name))];

    /// <summary>Replaces each table between its two marks in a document, by all rows that are kept.</summary>
    public static void WriteInto(string document)
    {
        string text = Between(File.ReadAllText(document), Begin, Lines(ScenarioList.All), document);
        File.WriteAllText(document, Between(text, TrialsBegin, Lines(TrialList.All), document));
    }

    private static string Between(string text, string begin, IEnumerable<string> lines, string document)
    {
        int from = text.IndexOf(begin, StringComparison.Ordinal);
        int to = from < 0 ? -1 : text.IndexOf(End, from, StringComparison.Ordinal);
        if (to < 0)
            throw new InvalidDataException($"{document} has no lines '{begin}' and '{End}' between which the table goes");
        return $"{text[..(from + begin.Length)]}\n{string.Join('\n', lines)}\n{text[to..]}";
    }

    private static void Keep(string name, string row)
    {
        Directory.CreateDirectory(Kept);
        File.WriteAllText(FileOf(name), row + "\n");
    }

    private static IEnumerable<string> KeptRows(IEnumerable<string> names) => names.Select(FileOf).Where(File.Exists).Select(file => File.ReadAllText(file).TrimEnd());

    private static string FileOf(string name) => Path.Combine(Kept, name + ".row");

    private static string Row(Outcome o)
    {
        Verdict v = o.Verdict;
        string reported = v.LostBytes == 0 ? "" : o.Audit is null ? "no" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * v.ReportedBytes / v.LostBytes:0.##} %");
        return string.Create(CultureInfo.InvariantCulture,
            $"| {o.Scenario} | {o.System} | {v.Lines:N0} | {o.Written.LinesPerSecond:N0} | {v.Files - 1:N0} | {o.Kills} | {Share(v.LostLines, v.Lines)} | {Share(v.RepeatedLines, v.Lines)} | {reported} | {v.ExactFiles:N0} of {v.Files:N0} | {o.Audit} | {(o.Audit is null ? "" : $"{o.SettledAfter.TotalSeconds:0}")} | {(o.AgentPeakBytes is { } peak ? $"{peak / 1e6:0}" : "")} |");
    }

    private static string Share(long part, long whole) =>
        part == 0 ? "**0**" : string.Create(CultureInfo.InvariantCulture, $"{part:N0} ({100.0 * part / whole:0.##} %)");
}
