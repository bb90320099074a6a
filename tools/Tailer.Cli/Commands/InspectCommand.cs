using System.CommandLine;
using System.Globalization;
using Tailer.Cli.Inspect;
using Tailer.Cli.Show;
using Tailer.Disk;
using Tailer.Hosting;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer inspect</c>: what is in this file?</summary>
internal static class InspectCommand
{
    private const int EventsUnlessSaid = 20;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A segment, bucket or spool file, packet, manifest, block, or the catalog of a recent index" };
        var blocks = new Option<bool>("--blocks") { Description = "All blocks (of a catalog: all segments), not only the first 20" };
        var packets = new Option<bool>("--packets") { Description = "All packets and manifests" };
        var sources = new Option<bool>("--sources") { Description = "All sources and gaps, with their whole ids" };
        Option<int> events = EventsOption();
        var json = new Option<bool>("--json") { Description = "As JSON, always with all rows" };
        var command = new Command("inspect", "Describe a file: what it is, what is in it, where it is damaged; exit 3 when it is") { file, blocks, packets, sources, events, json };
        command.SetAction((arguments, cancel) =>
        {
            var progress = new ProgressLine(Console.Error, !Console.IsErrorRedirected, TimeProvider.System);
            var options = new InspectOptions(arguments.GetValue(blocks), arguments.GetValue(packets), arguments.GetValue(sources), arguments.GetValue(events));
            Description description = new FileInspection(SystemDisk.Instance, options, progress).Run(arguments.GetValue(file)!, cancel);
            if (arguments.GetValue(json))
                DescriptionJson.Write(description, Console.OpenStandardOutput());
            else
            {
                using var output = new StreamWriter(Console.OpenStandardOutput(), leaveOpen: true);
                new DescriptionText(output, Terminal.HasColours, Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, 40)).Show(description);
            }
            return Task.FromResult(description.Proof.IsWhole ? ExitCode.Ok : ExitCode.Incomplete);
        });
        return command;
    }

    private static Option<int> EventsOption() => new("--events")
    {
        Description = $"The first N events too ({EventsUnlessSaid} without N)",
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0)
                return EventsUnlessSaid;
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
                return count;
            result.AddError($"--events takes a number, not '{result.Tokens[0].Value}'; name the file before --events");
            return 0;
        },
    };
}
