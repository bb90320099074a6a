using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>The reading thread with real time and inotify.</summary>
public sealed class ReadLoopTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tailer-loop-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_line_is_in_the_spool_soon_after_it_was_written(bool inotify)
    {
        var clock = TimeProvider.System;
        var agent = new AgentName("agent-1", "host-1");
        var options = new ReadOptions { PollInterval = TimeSpan.FromMilliseconds(20) };
        string logs = Directory.CreateDirectory(Path.Combine(root, "logs")).FullName;
        using SpoolStore spool = SpoolStore.Open(new SpoolSettings
        {
            Disk = SystemDisk.Instance,
            StateDirectory = Path.Combine(root, "state"),
            Agent = agent.Name,
            Host = agent.Host,
            BucketSeconds = 60,
            Clock = clock,
        }, NullLogger.Instance);
        var set = new FileSet { Include = PathGlob.Parse(Path.Combine(root, "logs/**/*.log")) };
        var finder = new Finder(SystemFileTree.Instance, [set], agent, clock, NullLogger.Instance);
        using var filler = new PacketFiller(spool, clock);
        var reader = new SourceReader(SystemFileTree.Instance, filler, options, clock, NullLogger.Instance);
        var interest = new Interest(clock);
        var core = new AgentCore(finder, reader, filler, spool, interest, options, clock, NullLogger.Instance);
        using var loop = new ReadLoop(core, new ChangeWatch(inotify), clock);
        interest.OnChange = loop.Wake;
        interest.Set("b1", viewers: true, TimeSpan.FromMinutes(1));
        loop.Start();

        // A directory that comes later is watched too.
        Directory.CreateDirectory(Path.Combine(logs, "late"));
        for (int i = 0; i < 5; i++)
        {
            long events = reader.Events;
            await File.AppendAllTextAsync(Path.Combine(logs, "late/app.log"), $"line {i}\n");
            // Well before the next look at everything, so it was a report that led to the line.
            await Wait.For(() => reader.Events > events && filler.OpenedAt is null, "the line was read", TimeSpan.FromSeconds(5));
        }
        await loop.StopAsync();
        Assert.Equal(5, reader.Events);
        Assert.True(spool.End > default(SpoolMark));
    }
}
