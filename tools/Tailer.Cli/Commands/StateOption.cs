using System.CommandLine;

namespace Tailer.Cli.Commands;

/// <summary><c>--state DIR</c>: the state directory of a running <c>tools/up</c>.</summary>
internal static class StateOption
{
    public const string DefaultDirectory = ".tailer";

    public static Option<string> Create() => new("--state")
    {
        Description = "State directory of tools/up",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultDirectory,
    };
}
