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
    private const string End = "<!-- end of table -->";

    private static readonly string Kept = Path.Combine(BuildOutput.Repository, "artifacts", "reliability");

    private static readonly string[] Head =
    [
        "| scenario | system | lines written | lines/s reached | rotations | kills | lines lost | lines repeated | of the lost bytes reported | files the same by SHA-256 | audit |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ];

    public static void Keep(Scenario scenario, Outcome outcome)
    {
        Directory.CreateDirectory(Kept);
        File.WriteAllText(FileOf(scenario), Row(outcome) + "\n");
    }

    /// <summary>The kept rows of these scenarios.</summary>
    public static IEnumerable<string> Lines(IEnumerable<Scenario> scenarios) =>
        [.. Head, .. scenarios.Select(FileOf).Where(File.Exists).Select(file => File.ReadAllText(file).TrimEnd())];

    /// <summary>Replaces the table between its two marks in a document, by all rows that are kept.</summary>
    public static void WriteInto(string document)
    {
        string text = File.ReadAllText(document);
        int from = text.IndexOf(Begin, StringComparison.Ordinal);
        int to = text.IndexOf(End, StringComparison.Ordinal);
        if (from < 0 || to < from)
            throw new InvalidDataException($"{document} has no lines '{Begin}' and '{End}' between which the table goes");
        File.WriteAllText(document, $"{text[..(from + Begin.Length)]}\n{string.Join('\n', Lines(ScenarioList.All))}\n{text[to..]}");
    }

    private static string FileOf(Scenario scenario) => Path.Combine(Kept, scenario.Name + ".row");

    private static string Row(Outcome o)
    {
        Verdict v = o.Verdict;
        string reported = v.LostBytes == 0 ? "" : o.Audit is null ? "no" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * v.ReportedBytes / v.LostBytes:0.##} %");
        return string.Create(CultureInfo.InvariantCulture,
            $"| {o.Scenario} | {o.System} | {v.Lines:N0} | {o.Written.LinesPerSecond:N0} | {v.Files - 1:N0} | {o.Kills} | {Share(v.LostLines, v.Lines)} | {Share(v.RepeatedLines, v.Lines)} | {reported} | {v.ExactFiles:N0} of {v.Files:N0} | {o.Audit} |");
    }

    private static string Share(long part, long whole) =>
        part == 0 ? "**0**" : string.Create(CultureInfo.InvariantCulture, $"{part:N0} ({100.0 * part / whole:0.##} %)");
}
