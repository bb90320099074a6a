using System.CommandLine;
using Tailer.Cli.Show;
using Tailer.Cli.Verify;
using Tailer.Disk;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer verify</c>: are these files whole?</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Segments (.seg), bucket or spool files (.b), or directories with such", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("verify", "Prove files whole: every checksum, count, range and hash computed anew; exit 3 when one is damaged") { files, json };
        command.SetAction((arguments, cancel) =>
        {
            var progress = new ProgressLine(Console.Error, !Console.IsErrorRedirected, TimeProvider.System);
            var prover = new FileProver(SystemDisk.Instance, progress, TimeProvider.System);
            using VerifyJson? asJson = arguments.GetValue(json) ? new VerifyJson(Console.OpenStandardOutput()) : null;
            IVerifyOutput output = asJson is null ? new VerifyText(Console.Out, Console.Error, Terminal.HasColours) : asJson;
            return Task.FromResult(new VerifyRun(prover, output).Run(arguments.GetValue(files)!, cancel));
        });
        return command;
    }
}
