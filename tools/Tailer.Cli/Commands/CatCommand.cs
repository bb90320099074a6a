using System.CommandLine;
using Tailer.Cli.Export;
using Tailer.Cli.Reach;
using Tailer.Disk;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer cat</c>: a followed file as it was written, over all its rotations.</summary>
internal static class CatCommand
{
    private const int OutputBytes = 256 * 1024;

    public static Command Create()
    {
        var host = new Option<string>("--host") { Description = "The host it was followed on", Required = true };
        var path = new Option<string>("--path") { Description = "The path under which it was followed (before any rotation)", Required = true };
        var from = new Option<string?>("--from") { Description = "Only from the first line of this time on", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "Only up to the last line before this time", HelpName = "TIME" };
        var target = new TargetOptions();
        var command = new Command("cat", "Write a followed file byte for byte, over all its rotations; exit 3 when bytes are missing") { host, path, from, to };
        target.AddTo(command);
        command.SetAction((arguments, cancel) =>
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            ulong? begin = arguments.GetValue(from) is { } first ? TimeRange.Parse(first, now) : null;
            ulong? end = arguments.GetValue(to) is { } last ? TimeRange.Parse(last, now) : null;
            TimeRange? times = begin is null && end is null ? null : new TimeRange(begin ?? 0, end ?? ulong.MaxValue);
            return RunAsync(target.Read(arguments), arguments.GetValue(host)!, arguments.GetValue(path)!, times, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(Target target, string host, string path, TimeRange? times, CancellationToken cancel)
    {
        await using BuckSet bucks = await BuckSet.ConnectAsync(target, cancel).ConfigureAwait(false);
        var inventory = new BuckInventory(bucks);
        var archive = new ArchiveSegments(new SystemDisk(), target.ArchivePath, target.Environment);
        // Bucks first: what they drop while this runs is in the archive, which is looked at later.
        await inventory.ListAsync(withManifests: true, cancel).ConfigureAwait(false);
        archive.Refresh();
        using var output = new BufferedStream(Console.OpenStandardOutput(), OutputBytes);
        int code = await new FileExport(archive, inventory, output, Console.Error).RunAsync(host, path, times, cancel).ConfigureAwait(false);
        foreach (string trouble in bucks.Unreachable.Concat(inventory.Troubles).Concat(archive.Troubles))
            await Console.Error.WriteLineAsync($"tailer: {trouble}").ConfigureAwait(false);
        return code;
    }
}
