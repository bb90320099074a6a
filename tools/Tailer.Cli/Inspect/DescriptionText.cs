using Tailer.Cli.Show;
using Tailer.Cli.Verify;

namespace Tailer.Cli.Inspect;

/// <summary>A description for people: the verdict first, facts, tables, events; damage at the end, where the eye is.</summary>
/// <param name="output">Where to.</param>
/// <param name="colours">Whether it is a terminal that has them.</param>
/// <param name="width">Columns of the terminal, at which rows of tables are cut; null elsewhere.</param>
internal sealed class DescriptionText(TextWriter output, bool colours, int? width)
{
    private const int LabelWidth = 14;

    public void Show(Description description)
    {
        FileProof proof = description.Proof;
        Line(Paint(1, $"{Printable.Of(proof.Path)}: {proof.Kind}, {Quantity.Bytes(proof.FileBytes)}"));
        long findings = proof.Findings.Count + proof.FindingsLeftOut;
        Fact("proof", proof.IsWhole ? Paint(32, "whole") : Paint(31, $"damaged: {Quantity.Count(findings, "finding")}, at the end"));
        foreach (Fact fact in description.Facts.Where(f => f.Label.Length > 0))
            Fact(fact.Label, fact.Value.Text);
        foreach (Sheet sheet in description.Sheets.Where(s => s.Rows.Count > 0))
            Show(sheet);
        if (description.Events.Count > 0)
            Show(description.Events);
        if (proof.Notes.Count > 0 || !proof.IsWhole)
            Title(proof.IsWhole ? "notes" : "damage");
        FindingText.Write(output, proof);
        output.Flush();
    }

    private void Show(Sheet sheet)
    {
        Title($"{sheet.Title}: {Quantity.Number(sheet.Rows.Count)}{(sheet.RowsShown == 0 ? $" ({sheet.Option} lists them)" : "")}");
        if (sheet.RowsShown == 0)
            return;
        int[] columns = [.. Enumerable.Range(0, sheet.Columns.Count).Where(c => sheet.Columns[c].Label is not null && Shown(sheet).Any(r => r[c].Text.Length > 0))];
        int[] widths = [.. columns.Select(c => Math.Max(sheet.Columns[c].Label!.Length, Shown(sheet).Max(r => r[c].Text.Length)))];
        bool[] right = [.. columns.Select(c => Shown(sheet).Any(r => r[c].IsNumber))];
        Line(Paint(90, Row([.. columns.Select(c => sheet.Columns[c].Label!)], widths, right)));
        foreach (Cell[] row in Shown(sheet))
            Line(Row([.. columns.Select(c => row[c].Text)], widths, right));
        if (sheet.RowsShown < sheet.Rows.Count)
            Line($"  ... {Quantity.Number(sheet.Rows.Count - sheet.RowsShown)} more, {sheet.Option} shows all");
    }

    private static IEnumerable<Cell[]> Shown(Sheet sheet) => sheet.Rows.Take(sheet.RowsShown);

    private string Row(string[] texts, int[] widths, bool[] right)
    {
        string line = "  " + string.Join("  ", texts.Select((text, i) => right[i] ? text.PadLeft(widths[i]) : i == texts.Length - 1 ? text : text.PadRight(widths[i]))).TrimEnd();
        return width is { } columns && line.Length > columns ? line[..(columns - 1)] + "…" : line;
    }

    private void Show(List<EventSample> events)
    {
        Title($"first {Quantity.Count(events.Count, "event")}: source, offset, time (UTC), host, app, severity, line");
        foreach (EventSample e in events)
        {
            string severity = EventSample.Name(e.Severity);
            Line($"  #{e.SourceNumber} @{e.Offset} {Quantity.Time(e.Time)} {Word(e.Host)} {Word(e.App)} {Word(severity)}  {Printable.Of(e.Text)}");
        }
    }

    private static string Word(string text) => text.Length == 0 ? "-" : Printable.Of(text);

    private void Title(string text)
    {
        output.WriteLine();
        Line(Paint(1, text));
    }

    private void Fact(string label, string text) => Line($"  {Paint(90, label.PadRight(LabelWidth))}{text}");

    private void Line(string text) => output.WriteLine(text);

    private string Paint(int code, string text) => colours ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
