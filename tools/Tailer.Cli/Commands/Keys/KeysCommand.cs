using System.CommandLine;

namespace Tailer.Cli.Commands.Keys;

/// <summary><c>tailer keys</c>: who may take part in an environment.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Make, show and revoke the keys of an environment")
    {
        NewCommand.Create(),
        IssueCommand.Create(),
        IntermediateCommand.Create(),
        ShowCommand.Create(),
        RevokeCommand.Create(),
    };
}
