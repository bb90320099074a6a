using System.Globalization;
using Tailer.Blocks;
using Tailer.Cli.Export;
using Tailer.Cli.Show;
using Tailer.Stores;

namespace Tailer.Cli.Audit;

/// <summary>An audit for people: a line for each file that is complete, and every gap with its exact range.</summary>
internal sealed class AuditText(TextWriter output, bool colours)
{
    /// <summary>Ranges that rules took out are wanted; a few tell what they are like.</summary>
    private const int DroppedShown = 10;

    public void Show(AuditReport report)
    {
        foreach (FileAudit file in report.Files)
        {
            string state = file.Gaps.Count == 0 ? Green("complete") : Red("gap     ");
            Line($"{state} {Printable.Of(file.Host)} {Printable.Of(file.Path)} {file.HeldBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes, {Count(file.Sources.Count, "source")}");
            foreach (FileGap gap in file.Gaps)
                Line(string.Create(CultureInfo.InvariantCulture, $"         gap {gap.From}..{gap.To} of source {gap.Source}: {SkipText.Of(gap.Reason)}"));
            if (file.MayRepeat)
                Line($"         possible repeats: {Printable.Of(file.Host)} {Printable.Of(file.Path)}: the agent's state was lost, and what it read again cannot be told from what it had sent");
            foreach (FileGap range in file.Dropped.Take(DroppedShown))
                Line(string.Create(CultureInfo.InvariantCulture, $"         {range.From}..{range.To} of source {range.Source}: {SkipText.Of(range.Reason)}"));
            if (file.Dropped.Count > DroppedShown)
                Line(string.Create(CultureInfo.InvariantCulture, $"         and {file.Dropped.Count - DroppedShown:N0} more ranges dropped by rules, {file.Dropped.Aggregate(0UL, (sum, r) => sum + r.To - r.From):N0} bytes in all; --json has all"));
        }

        foreach (AgentAudit agent in report.Agents)
        {
            string state = agent.State switch
            {
                AgentState.Silent => $"{Red("silent")} since {LogTime.Format(agent.HeardUntil)}",
                AgentState.Current => Green("current"),
                _ => $"{(agent.State == AgentState.Stopped ? "stopped" : "retired")} at {LogTime.Format(agent.HeardUntil)}",
            };
            Line($"agent {Printable.Of(agent.Agent)} on {Printable.Of(agent.Host)}: {state}");
            foreach (ManifestHole hole in agent.Holes)
                Line($"         {Red("no word")} about {LogTime.Format(hole.From)} to {LogTime.Format(hole.To)}");
        }

        Line(report.Complete ? Green("complete") : Red("not complete"));
    }

    // Written as it is, not laid out: a line is a fact, for eyes and for grep, however narrow the terminal.
    private void Line(string text) => output.WriteLine(text);

    private string Green(string text) => colours ? $"\u001b[32m{text}\u001b[0m" : text;

    private string Red(string text) => colours ? $"\u001b[31m{text}\u001b[0m" : text;

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
