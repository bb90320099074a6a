using System.Globalization;
using System.Text.RegularExpressions;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.EndToEnd.Tests;

/// <summary>What <c>--try</c> printed, read back; of logs without braces and control characters.</summary>
internal sealed partial class TryOutput
{
    /// <summary>Offset, facts and text of each line that would be sent.</summary>
    public List<(ulong Offset, string Facts, string Text)> Sent { get; } = [];

    public List<(ulong Offset, string Rule, string Text)> NotSent { get; } = [];

    public static TryOutput Read(string output)
    {
        var read = new TryOutput();
        string[] lines = [.. output.Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        Assert.True(lines.Length % 2 == 0, "facts and texts come in pairs");
        for (int i = 0; i < lines.Length; i += 2)
        {
            Match facts = FactsLine().Match(lines[i]);
            Assert.True(facts.Success, lines[i]);
            Assert.StartsWith(Indent, lines[i + 1], StringComparison.Ordinal);
            ulong offset = ulong.Parse(facts.Groups[1].Value, CultureInfo.InvariantCulture);
            string text = lines[i + 1][Indent.Length..].Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            const string notSent = "not sent: ";
            if (facts.Groups[2].Value.StartsWith(notSent, StringComparison.Ordinal))
                read.NotSent.Add((offset, facts.Groups[2].Value[notSent.Length..], text));
            else
                read.Sent.Add((offset, facts.Groups[2].Value.Replace("  in the place of what a limit kept out", "", StringComparison.Ordinal), text));
        }
        return read;
    }

    /// <summary>The facts of an event that was sent, in the words of <c>--try</c>.</summary>
    public static string FactsOf(HeldEvent e)
    {
        string facts = $"{LogTime.Format(e.Time)}  {SeverityNames.NameOf(e.Severity)}  {e.Host}  {e.App}{(e.Pid == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"[{e.Pid}]"))}";
        foreach ((EventFlags flag, string word) in ((EventFlags, string)[])[(EventFlags.Continues, "continues"), (EventFlags.Partial, "partial"), (EventFlags.TimeInherited, "time-inherited"), (EventFlags.Altered, "altered")])
            facts += e.Flags.HasFlag(flag) ? "  " + word : "";
        return facts;
    }

    private const string Indent = "            ";

    [GeneratedRegex("^ *([0-9]+)  (.*)$")]
    private static partial Regex FactsLine();
}
