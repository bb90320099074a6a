using System.CommandLine;
using Tailer.Cli.Show;
using Tailer.Cli.Up;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer up</c>: the whole system on this machine.</summary>
internal static class UpCommand
{
    private const int DefaultFirstPort = 7400;

    public static Command Create()
    {
        var globs = new Argument<string[]>("globs") { Description = "Files or globs to follow (** for any depth); default: readable system logs", Arity = ArgumentArity.ZeroOrMore };
        var demo = new Option<bool>("--demo") { Description = "Also write lively logs of an imaginary shop, and follow them" };
        Option<string> state = StateOption.Create();
        var port = new Option<int>("--port") { Description = "First port to try; taken ones are stepped over", DefaultValueFactory = _ => DefaultFirstPort };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ushort.MaxValue - 16)
                result.AddError($"--port must be between 1 and {ushort.MaxValue - 16}");
        });
        var command = new Command("up", "Run an agent, three bucks, a porter and an archie on this machine, with times so short that everything can be seen") { globs, demo, state, port };
        command.SetAction((arguments, stop) =>
        {
            string[] files = arguments.GetValue(globs) ?? [];
            var options = new UpOptions([.. files.Select(Path.GetFullPath)], arguments.GetValue(demo), Path.GetFullPath(arguments.GetValue(state)!), arguments.GetValue(port));
            return new UpRun(options, Terminal.Create(), TimeProvider.System).RunAsync(stop);
        });
        return command;
    }
}
