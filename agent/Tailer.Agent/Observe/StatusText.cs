using System.Globalization;
using System.Text;

namespace Tailer.Agent;

/// <summary>A status for people: a few lines, a table of bucks, one of files that are behind, one of counters.</summary>
internal static class StatusText
{
    public static string Write(AgentStatus status)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"tailer-agent {status.Version}, agent {status.Agent} on {status.Host}, process {status.ProcessId}, running for {Quantity.Time(status.Now - status.Started)}\n\n");
        Row(text, "following", Quantity.Count(status.Reading.Files, "file"));
        Row(text, "not yet read", status.Reading.BytesBehind == 0 ? "nothing" : $"{Quantity.Bytes(status.Reading.BytesBehind)} in {Quantity.Count(status.Reading.FilesBehind, "file")}, for {Quantity.Time(status.Behind)}");
        Row(text, "not delivered", status.SpoolBytes == 0 ? "nothing" : $"{Quantity.Bytes(status.SpoolBytes)}, the oldest for {Quantity.Time(status.OldestUnsent)}");
        foreach (string trouble in status.Troubles)
            Row(text, "attention", trouble);

        Table(text, ["BUCK", "ADDRESS", "STATE"], status.Bucks.Select(b => new[] { b.Name, b.Address, b.Trouble.Length == 0 ? b.Text : $"{b.Text}: {b.Trouble}" }));
        if (status.Reading.Worst.Count > 0)
            Table(text, ["BEHIND", "FOR", "FILE"], status.Reading.Worst.Select(f => new[] { Quantity.Bytes(f.Bytes), Quantity.Time(status.Now - f.Since), Printable(f.Path) }));
        Table(text, ["COUNTER", "VALUE", ""], status.Counters.Select(c => new[] { c.Reason is null ? c.Name : $"{c.Name} ({c.Reason})", Quantity.Number(c.Value), c.Help }));
        return text.ToString();
    }

    /// <summary>Names of files may hold anything, also what a terminal obeys.</summary>
    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    private static void Row(StringBuilder text, string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-14} {value}\n");

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        int[] widths = [.. Enumerable.Range(0, head.Length).Select(i => all.Max(row => row[i].Length))];
        text.Append('\n');
        foreach (string[] row in all)
        {
            var line = new StringBuilder();
            for (int i = 0; i < row.Length; i++)
                line.Append(row[i].PadRight(widths[i] + 2));
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }
}
