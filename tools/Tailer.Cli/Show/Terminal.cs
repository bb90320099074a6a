using Spectre.Console;

namespace Tailer.Cli.Show;

/// <summary>Standard output for people: colours and moving parts on a terminal, plain lines that do not wrap elsewhere.</summary>
internal static class Terminal
{
    /// <summary>Wide enough that no table breaks its lines in a file.</summary>
    private const int FileWidth = 240;

    public static bool HasColours => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    public static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        plain.Profile.Width = FileWidth;
        return plain;
    }
}
