using System.Diagnostics;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>
/// A rsyslogd that follows the writer's file, and either keeps lines in a file by itself, or sends them to another that does and that is never killed.
/// </summary>
internal sealed class RsyslogRun : IAsyncDisposable
{
    public const string Name = "rsyslog";

    /// <summary>Nothing came for so long: nothing more will.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    private readonly TempDirectory directory = new();
    private readonly RsyslogProcess receiver;
    private readonly string kind;

    private RsyslogRun(string queue, bool relp)
    {
        kind = $"{(relp ? "RELP" : "to a file")}, queue {queue}";
        int port = Cluster.FreePorts(1)[0];
        File.WriteAllBytes(Output, []);
        receiver = new RsyslogProcess(directory.Sub("receiver"), RsyslogSettings.Receiver(directory["receiver"], Output, port));
        Sender = new RsyslogProcess(directory.Sub("sender"), RsyslogSettings.Sender(directory["sender"], Log, relp ? RsyslogSettings.Relp(port) : RsyslogSettings.Local(Output), queue));
    }

    public RsyslogProcess Sender { get; }

    private string Log => directory["app.log"];

    private string Output => directory["received"];

    /// <summary>Starts both; returns when a first line has come through, so that what follows meets a system at work.</summary>
    public static async Task<RsyslogRun> Start(string queue, bool relp)
    {
        var run = new RsyslogRun(queue, relp);
        run.receiver.Start();
        run.Sender.Start();
        await File.WriteAllTextAsync(run.Log, "hello\n");
        await Wait.For(() => new FileInfo(run.Output).Length > 0, "rsyslog forwards a first line", TimeSpan.FromMinutes(1));
        return run;
    }

    public WriterProcess Write(int linesPerSecond, long lines, long rotateLines, RotationKind kind = RotationKind.Numbered, int keep = 0) =>
        WriterProcess.Start(new WriterOptions(Log, directory["report"], linesPerSecond, lines, rotateLines, kind, keep));

    public async Task<Outcome> End(string scenario, WrittenLog written)
    {
        long start = Stopwatch.GetTimestamp();
        long grown = start;
        long bytes = -1;
        await Wait.For(
            () =>
            {
                long now = new FileInfo(Output).Length;
                if (now != bytes)
                    grown = Stopwatch.GetTimestamp();
                bytes = now;
                return Stopwatch.GetElapsedTime(grown) > Quiet;
            },
            "rsyslog has nothing more to send",
            TimeSpan.FromMinutes(20));
        Verdict verdict = ReceivedLines.Compare(written, Output);
        // The first line is not the writer's.
        verdict = verdict with { Wrong = verdict.Wrong - 1 };
        return new Outcome(scenario, $"{Name}, {kind}", written, verdict)
        {
            Kills = Sender.Kills,
            SettledAfter = Stopwatch.GetElapsedTime(start) - Quiet,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await receiver.DisposeAsync();
        directory.Dispose();
    }
}
