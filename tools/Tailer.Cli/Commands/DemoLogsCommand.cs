using System.CommandLine;
using System.Security.Cryptography;
using Tailer.Cli.Demo;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer demo-logs</c>: what <c>tailer up --demo</c> runs beside the parts. Hidden from the help.</summary>
internal static class DemoLogsCommand
{
    private const double DefaultRate = 12;
    private const long DefaultRotateBytes = 64 * 1024;

    public static Command Create()
    {
        var directory = new Option<string>("--directory") { Description = "Where to write", Required = true };
        var rate = new Option<double>("--rate") { Description = "Requests per second of the imaginary shop, on average", DefaultValueFactory = _ => DefaultRate };
        var seed = new Option<int?>("--seed") { Description = "Makes the same shop again" };
        var rotate = new Option<long>("--rotate-bytes") { Description = "File size at which a log is rotated", DefaultValueFactory = _ => DefaultRotateBytes };
        var command = new Command("demo-logs", "Write lively logs until stopped") { directory, rate, seed, rotate };
        command.Hidden = true;
        command.SetAction(async (arguments, stop) =>
        {
            var world = new DemoWorld(new Random(arguments.GetValue(seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue)), TimeProvider.System);
            using var shop = new DemoShop(Path.GetFullPath(arguments.GetValue(directory)!), world, arguments.GetValue(rotate));
            await new DemoLoop(world, shop, arguments.GetValue(rate), TimeProvider.System).RunAsync(stop).ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
