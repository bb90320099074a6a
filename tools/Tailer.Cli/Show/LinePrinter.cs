namespace Tailer.Cli.Show;

/// <summary>Writes events: coloured for people on a terminal, plain for pipes, their JSON, or only their text.</summary>
internal sealed class LinePrinter(TextWriter output, LineForm form, bool colours)
{
    // Calm colours that can be told apart on dark and light; a host or app keeps its colour from run to run.
    private static readonly int[] Palette = [33, 37, 64, 67, 96, 97, 103, 108, 131, 136, 139, 166];

    public void Print(EventLine line)
    {
        switch (form)
        {
            case LineForm.Json:
                output.WriteLine(line.Json);
                break;
            case LineForm.Text:
                output.WriteLine(line.Text);
                break;
            default:
                output.WriteLine(colours ? Coloured(line) : Plain(line));
                break;
        }
    }

    private static string Plain(EventLine line) => $"{Time(line)} {line.Host} {line.App ?? "-"} {line.Level ?? "-"} {line.Text}";

    private static string Coloured(EventLine line)
    {
        string app = line.App is null ? "" : $" {Paint(Hash(line.App), line.App)}";
        string text = SeverityColour(line.Level) is { } colour ? Paint(colour, Printable.Of(line.Text)) : Printable.Of(line.Text);
        return $"{Paint(244, line.Time.LocalDateTime.ToString("HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture))} {Paint(Hash(line.Host), line.Host)}{app} {text}";
    }

    private static string Time(EventLine line) => line.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static int? SeverityColour(string? level) => level switch
    {
        "emergency" or "alert" or "critical" or "error" => 160,
        "warning" => 172,
        "debug" or "trace" => 244,
        _ => null,
    };

    private static string Paint(int colour, string text) => $"\u001b[38;5;{colour}m{text}\u001b[0m";

    private static int Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = (hash ^ c) * 16777619;
        return Palette[hash % (uint)Palette.Length];
    }
}
