using System.CommandLine;
using System.Text.Json;
using Tailer.Cli.Reach;
using Tailer.Cli.Show;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer status</c>: bucks, agents, how far recent and archive reach, known gaps.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var target = new TargetOptions();
        var command = new Command("status", "Show bucks, agents, lag and known gaps") { json };
        target.AddTo(command);
        command.SetAction(async (arguments, cancel) =>
        {
            using var archie = new ArchieClient(target.Read(arguments));
            JsonElement status = await archie.GetAsync("/api/v1/status", [], cancel).ConfigureAwait(false);
            if (arguments.GetValue(json))
                Console.WriteLine(status.GetRawText());
            else
                new StatusTables(Terminal.Create()).Show(status);
            return 0;
        });
        return command;
    }
}
