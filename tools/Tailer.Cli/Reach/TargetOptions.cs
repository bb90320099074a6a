using System.CommandLine;
using Tailer.Cli.Commands;

namespace Tailer.Cli.Reach;

/// <summary>The options by which every command finds its environment: <c>--state</c>, <c>--config</c>, <c>--env</c>.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string> state = StateOption.Create();
    private readonly Option<string?> config = new("--config") { Description = "A file with archie's keys, instead of --state", HelpName = "FILE" };
    private readonly Option<string?> environment = new("--env") { Description = "The environment, where the file has several", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Add(state);
        command.Add(config);
        command.Add(environment);
    }

    public Target Read(ParseResult arguments) => TargetReader.Read(arguments.GetValue(config), arguments.GetValue(state)!, arguments.GetValue(environment));
}
