using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Reliability;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>A real agent and real bucks, looked at in the files of the bucks.</summary>
public sealed class ShippingTests
{
    [Fact]
    public async Task Each_source_has_its_own_number_of_copies_and_its_class_is_in_every_packet()
    {
        using var logs = new TempDirectory();
        string[] paths = [logs["one.log"], logs["two.log"], logs["three.log"]];
        await using Cluster cluster = Cluster.Create(new ClusterOptions
        {
            Paths = paths,
            AgentSources = $"""
                  - {"{"}paths: ["{paths[0]}"], copies: 1, boundary_copy: off{"}"}
                  - {"{"}paths: ["{paths[1]}"], copies: 2, fsync: ack, boundary_copy: off{"}"}
                  - {"{"}paths: ["{paths[2]}"], copies: 3, boundary_copy: whole{"}"}
                """,
        });
        await cluster.StartBucks();
        foreach (string path in paths)
            await File.WriteAllTextAsync(path, Lines(500));
        cluster.Agent.Start();
        long bytes = paths.Sum(path => new FileInfo(path).Length);
        await Wait.For(() => BuckFiles.RawBytes(BuckPaths(cluster)) >= bytes, "all lines are in the bucks", TimeSpan.FromSeconds(60));
        // A clean end delivers what is under way.
        Assert.Equal(0, await cluster.Agent.Stop());
        int[] seen = [0, 0, 0];
        foreach ((RecordHeader record, byte[] body, int holders) in Packets(cluster))
        {
            Assert.Equal(FrameError.None, FrameHeader.TryReadFrame(body, out FrameHeader? header));
            int source = Array.IndexOf(paths, Assert.Single(header!.Sources).Descriptor!.Path);
            seen[source]++;
            Assert.Equal(source + 1, header.Copies);
            Assert.True(holders == source + 1, $"packet {record.Id} of {paths[source]} is at {holders} bucks");
            Assert.Equal(source == 1, header.Flags.HasFlag(FrameFlags.FsyncBeforeAck));
            Assert.Equal(source == 2 ? BoundaryCopy.Whole : BoundaryCopy.Off, header.BoundaryCopy);
        }
        Assert.All(seen, count => Assert.True(count > 0));
    }

    [Fact]
    public async Task A_buck_that_hangs_in_the_middle_slows_the_others_down_by_nothing_and_gets_its_share_later_once()
    {
        using var logs = new TempDirectory();
        string log = logs.File("app.log", "");
        RecordingProxy[] proxies = [.. Cluster.FreePorts(3).Select(RecordingProxy.Start)];
        RecordingProxy proxy = proxies[2];
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], BucketTime = "60s", AgentsViewOfBuck = i => proxies[i].Endpoint.ToString() });
        for (int i = 0; i < proxies.Length; i++)
            proxies[i].Target = cluster.BuckAddress(i);
        await cluster.StartBucks();
        cluster.Agent.Start();
        await File.AppendAllTextAsync(log, Lines(100));
        await Wait.For(() => BuckFiles.RawBytes(BuckPaths(cluster)) >= new FileInfo(log).Length && proxy.Connections.Count > 0, "the agent has begun", TimeSpan.FromSeconds(60));
        proxy.Hold();
        for (int i = 0; i < 30; i++)
            await File.AppendAllTextAsync(log, Lines(5000));
        long bytes = new FileInfo(log).Length;
        await Wait.For(
            () => BuckFiles.RawBytes(BuckFiles.In(cluster.BuckData(0)).Concat(BuckFiles.In(cluster.BuckData(1)))) >= bytes,
            "the two other bucks have every line, although the third answers nothing", TimeSpan.FromMinutes(2));
        proxy.Release();
        Assert.Equal(0, await cluster.Agent.Stop());
        foreach ((RecordHeader record, _, int holders) in Packets(cluster))
            Assert.True(holders >= 2, $"packet {record.Id} is at {holders} bucks");
        foreach (RecordingProxy used in proxies)
            await used.DisposeAsync();
    }

    [Fact]
    public async Task A_packet_lost_with_a_damaged_part_of_the_spool_is_named_by_audit_with_the_reason()
    {
        using var logs = new TempDirectory();
        string log = logs.File("app.log", "");
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], Host = "loss-host" });
        cluster.Agent.Start();
        for (int burst = 0; burst < 5; burst++)
        {
            // Each burst is a packet of its own: the next is written when this one is spooled.
            await File.AppendAllTextAsync(log, Lines(50));
            long written = new FileInfo(log).Length;
            await Wait.For(() => BuckFiles.RawBytes(BuckFiles.In(cluster.AgentState)) >= written, $"burst {burst} is spooled", TimeSpan.FromSeconds(60));
        }
        await cluster.Agent.Kill9();
        SourceRange lost = DamageMiddlePacket(cluster);
        await cluster.StartBucks();
        cluster.Agent.Start();
        long kept = new FileInfo(log).Length - (long)(lost.To - lost.From);
        await Wait.For(() => BuckFiles.RawBytes(BuckPaths(cluster)) >= kept, "what is left is stored", TimeSpan.FromSeconds(60));
        Assert.Equal(0, await cluster.Agent.Stop());
        ProcessResult audit = await cluster.Cli("audit");
        string expected = string.Create(CultureInfo.InvariantCulture, $"gap {lost.From}..{lost.To}");
        Assert.True(audit.ExitCode == 3 && audit.Text.Contains(expected, StringComparison.Ordinal), $"no '{expected}' in:\n{audit.Text}\n{audit.Errors}");
        Assert.Contains("spool was lost", audit.Text, StringComparison.Ordinal);
    }

    [MountFact]
    public async Task An_agent_whose_state_directory_is_read_only_does_not_start_and_says_why()
    {
        using SmallDisk disk = SmallDisk.Mount(4);
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [Path.Combine(disk.Path, "app.log")] });
        string config = await File.ReadAllTextAsync(cluster.Agent.Config);
        await File.WriteAllTextAsync(cluster.Agent.Config, config.Replace($"state: {cluster.AgentState}", $"state: {disk.Path}", StringComparison.Ordinal));
        disk.MakeReadOnly();
        cluster.Agent.Start();
        Assert.Equal(78, await cluster.Agent.Process.Exit());
        Assert.Contains(cluster.Agent.Log, line => line.Contains($"state directory {disk.Path} cannot be written", StringComparison.Ordinal) && line.Contains("Read-only", StringComparison.Ordinal));
    }

    private static IEnumerable<string> BuckPaths(Cluster cluster) => Enumerable.Range(0, cluster.Bucks.Count).SelectMany(i => BuckFiles.In(cluster.BuckData(i)));

    /// <summary>Every packet, and how many bucks hold it; a buck that holds one twice fails the test.</summary>
    private static List<(RecordHeader Record, byte[] Body, int Holders)> Packets(Cluster cluster)
    {
        var packets = new Dictionary<PacketId, (RecordHeader Record, byte[] Body, int Holders)>();
        for (int i = 0; i < cluster.Bucks.Count; i++)
        {
            var here = new HashSet<PacketId>();
            foreach ((RecordHeader record, byte[] body) in BuckFiles.In(cluster.BuckData(i)).SelectMany(BuckFiles.Records).Where(r => r.Header.Type == RecordType.Packet))
            {
                Assert.True(here.Add(record.Id), $"buck {i} holds packet {record.Id} twice");
                packets[record.Id] = (record, body, packets.GetValueOrDefault(record.Id).Holders + 1);
            }
        }
        return [.. packets.Values];
    }

    /// <summary>Makes the record's own header unreadable, so that nothing in the file says what it was.</summary>
    private static SourceRange DamageMiddlePacket(Cluster cluster)
    {
        var packets = new List<(string Path, long Position, SourceRange Range)>();
        foreach (string path in BuckFiles.In(cluster.AgentState))
        {
            using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
            {
                if (reader.Header.Type == RecordType.Packet && FrameHeader.TryRead(reader.Body.Span, out FrameHeader? header) == FrameError.None)
                    packets.Add((path, reader.RecordPosition, Assert.Single(header!.Sources)));
            }
        }
        (string damaged, long position, SourceRange range) = packets[packets.Count / 2];
        using IDiskFile write = SystemDisk.Instance.OpenAppend(damaged);
        write.Write([0, 0, 0, 0], position);
        return range;
    }

    private static string Lines(int count)
    {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
            text.Append(CultureInfo.InvariantCulture, $"2026-11-22T10:00:00Z INFO orders[7]: request {Guid.NewGuid():N} took {i} ms\n");
        return text.ToString();
    }
}
