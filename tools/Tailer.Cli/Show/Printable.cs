namespace Tailer.Cli.Show;

/// <summary>Text from logs and files for a terminal: it must not be able to move the cursor or retitle the window of whoever reads it.</summary>
internal static class Printable
{
    public static string Of(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnsafe(char c) => char.IsControl(c) && c != '\t';
}
