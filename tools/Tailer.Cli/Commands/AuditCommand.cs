using System.CommandLine;
using Tailer.Cli.Audit;
using Tailer.Cli.Reach;
using Tailer.Cli.Show;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Stores;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer audit</c>: is everything there that the agents say they sent?</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var host = new Option<string?>("--host") { Description = "Only this host" };
        var path = new Option<string?>("--path") { Description = "Only this path" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var target = new TargetOptions();
        var command = new Command("audit", "Compare what agents say they sent with what is held: complete, gap a..b, or silent since; exit 3 unless complete") { host, path, json };
        target.AddTo(command);
        command.SetAction(async (arguments, cancel) =>
        {
            Target where = target.Read(arguments);
            await using BuckSet bucks = await BuckSet.ConnectAsync(where, cancel).ConfigureAwait(false);
            var inventory = new BuckInventory(bucks);
            var archive = new ArchiveSegments(new SystemDisk(), where.ArchivePath, where.Environment);
            AuditReport report = await new AuditRun(inventory, archive, TimeProvider.System).RunAsync(cancel).ConfigureAwait(false);
            report = Only(report, arguments.GetValue(host), arguments.GetValue(path));
            if (arguments.GetValue(json))
                AuditJson.Write(report, Console.OpenStandardOutput());
            else
                new AuditText(Console.Out, Terminal.HasColours).Show(report);
            foreach (string trouble in bucks.Unreachable.Concat(inventory.Troubles).Concat(archive.Troubles))
                await Console.Error.WriteLineAsync($"tailer: {trouble}").ConfigureAwait(false);
            return report.Complete ? ExitCode.Ok : ExitCode.Incomplete;
        });
        return command;
    }

    private static AuditReport Only(AuditReport report, string? host, string? path)
    {
        if (host is null && path is null)
            return report;
        FileAudit[] files = [.. report.Files.Where(f => (host is null || f.Host == host) && (path is null || f.Path == path))];
        if (files.Length == 0)
            throw new FatalException(ExitCode.Incomplete, "nothing is known of such a file; tailer audit without --host and --path lists all");
        HashSet<string> agents = [.. files.Select(f => f.Agent)];
        return new AuditReport([.. report.Agents.Where(a => agents.Contains(a.Agent))], files);
    }
}
