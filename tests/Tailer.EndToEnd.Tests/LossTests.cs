using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>Promise 3: every loss is reported with an exact range.</summary>
public sealed class LossTests
{
    [Fact]
    public async Task Audit_names_the_exact_range_of_a_packet_that_was_deleted_from_all_its_places()
    {
        using var logs = new TempDirectory();
        string log = logs.File("app.log", "");
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], Host = "loss-host", ArchiveMaxDelay = "5s", ArchiveAfter = "4s", Span = "4s" });
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Agent))
            part.Start();
        for (int burst = 0; burst < 5; burst++)
        {
            // Each burst is a packet of its own: the next is written when this one is stored.
            await File.AppendAllTextAsync(log, Lines(burst));
            long written = new FileInfo(log).Length;
            await Wait.For(() => StoredBytes(cluster) >= written, $"burst {burst} is stored", TimeSpan.FromSeconds(60));
        }
        await cluster.Agent.Stop();
        foreach (ClusterPart buck in cluster.Bucks)
            await buck.Stop();

        SourceRange lost = DeleteMiddlePacket(cluster);
        await cluster.StartBucks();
        await AssertAuditNames(cluster, log, lost);

        // And the same once it is sealed, with the gap in the archive.
        cluster.Porter.Start();
        long kept = new FileInfo(log).Length - (long)(lost.To - lost.From);
        await Wait.For(() => ArchiveContent.RawBytes(cluster.ArchivePath) >= kept, "what is left is archived", TimeSpan.FromMinutes(2));
        await AssertAuditNames(cluster, log, lost);
        ProcessResult cat = await cluster.Cli("cat", "--host", "loss-host", "--path", log);
        Assert.Equal(3, cat.ExitCode);
        Assert.Equal(kept, cat.Output.Length);
        Assert.Contains(lost.From.ToString(CultureInfo.InvariantCulture), cat.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_says_how_many_files_came_and_went_while_the_agent_did_not_run()
    {
        const int rotations = 10, kept = 2;
        using var logs = new TempDirectory();
        string log = logs.File("app.log", Lines(0));
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], Host = "loss-host", ArchiveMaxDelay = "5s", ArchiveAfter = "4s", Span = "4s" });
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Agent))
            part.Start();
        await Wait.For(() => StoredBytes(cluster) >= Lines(0).Length, "the first file is stored", TimeSpan.FromSeconds(60));

        cluster.Agent.Process.Pause();
        await Wait.For(() => cluster.Agent.Process.IsPaused, "the agent stands still");
        for (int i = 1; i <= rotations; i++)
        {
            File.Delete($"{log}.{kept}");
            for (int k = kept; k > 1; k--)
            {
                if (File.Exists($"{log}.{k - 1}"))
                    File.Move($"{log}.{k - 1}", $"{log}.{k}");
            }
            File.Move(log, $"{log}.1");
            await File.WriteAllTextAsync(log, Lines(i));
        }
        cluster.Agent.Process.Resume();
        int left = Enumerable.Range(rotations - kept, kept + 1).Append(0).Sum(i => Lines(i).Length);
        await Wait.For(() => StoredBytes(cluster) >= left, "what is left is stored", TimeSpan.FromSeconds(60));
        await Wait.For(() => cluster.Agent.Log.Any(line => line.Contains("created and gone", StringComparison.Ordinal)), "the agent says so", TimeSpan.FromSeconds(60));
        await cluster.Agent.Stop();
        const int gone = rotations - kept - 1;
        await AssertUnseen(cluster, gone);

        // And the same once it is sealed.
        cluster.Porter.Start();
        await Wait.For(() => ArchiveContent.RawBytes(cluster.ArchivePath) >= left, "what is left is archived", TimeSpan.FromMinutes(2));
        await AssertUnseen(cluster, gone);
    }

    [Fact]
    public async Task Audit_says_which_files_may_be_held_twice_after_an_agents_state_was_lost()
    {
        using var logs = new TempDirectory();
        string truncated = logs.File("truncated.log", Lines(0)), other = logs.File("other.log", Lines(1));
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [truncated, other], Host = "loss-host" });
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Agent))
            part.Start();
        long stored = Lines(0).Length + Lines(1).Length;
        await Wait.For(() => StoredBytes(cluster) >= stored, "both are stored", TimeSpan.FromSeconds(60));
        await using (var file = new FileStream(truncated, FileMode.Truncate))
            await file.WriteAsync(Encoding.ASCII.GetBytes(Lines(2)));
        stored += Lines(2).Length;
        await Wait.For(() => StoredBytes(cluster) >= stored, "what came after the truncation is stored", TimeSpan.FromSeconds(60));
        await cluster.Agent.Stop();

        Directory.Delete(cluster.AgentState, recursive: true);
        cluster.Agent.Start();
        stored += Lines(1).Length + Lines(2).Length;
        await Wait.For(() => StoredBytes(cluster) >= stored, "both are read again", TimeSpan.FromSeconds(60));
        await cluster.Agent.Stop();

        ProcessResult audit = await cluster.Cli("audit");
        string[] possible = [.. audit.Text.Split('\n').Where(line => line.Contains("possible repeats", StringComparison.Ordinal))];
        Assert.True(possible.Length == 1, audit.Text);
        Assert.Contains($"loss-host {truncated}", possible[0], StringComparison.Ordinal);
    }

    private static async Task AssertUnseen(Cluster cluster, int files)
    {
        ProcessResult audit = await cluster.Cli("audit");
        Assert.True(audit.ExitCode == 3, $"exit {audit.ExitCode}\n{audit.Errors}\n{audit.Text}");
        Assert.Equal(files, audit.Text.Split('\n').Count(line => line.Contains("created and gone before it could be opened", StringComparison.Ordinal)));
        Assert.DoesNotContain("no packet", audit.Text, StringComparison.Ordinal);
    }

    private static async Task AssertAuditNames(Cluster cluster, string log, SourceRange lost)
    {
        ProcessResult audit = await cluster.Cli("audit");
        Assert.True(audit.ExitCode == 3, $"exit {audit.ExitCode}\n{audit.Errors}\n{audit.Text}");
        string expected = string.Create(CultureInfo.InvariantCulture, $"gap {lost.From}..{lost.To}");
        Assert.True(audit.Text.Contains(expected, StringComparison.Ordinal), $"no '{expected}' in:\n{audit.Text}");
        Assert.Contains(log, audit.Text, StringComparison.Ordinal);
        Assert.Contains("loss-host", audit.Text, StringComparison.Ordinal);
    }

    private static string Lines(int burst)
    {
        var text = new StringBuilder();
        for (int i = 0; i < 50; i++)
            text.Append(CultureInfo.InvariantCulture, $"2026-11-22T10:00:{burst:D2}Z INFO orders[7]: burst {burst} line {i}\n");
        return text.ToString();
    }

    private static long StoredBytes(Cluster cluster) => BuckFiles.RawBytes(Enumerable.Range(0, cluster.Bucks.Count).SelectMany(i => BuckFiles.In(cluster.BuckData(i))));

    private static SourceRange DeleteMiddlePacket(Cluster cluster)
    {
        (RecordHeader Header, byte[] Body)[] packets = [.. BuckFiles.In(cluster.AgentState).SelectMany(BuckFiles.Records).Where(record => record.Header.Type == RecordType.Packet)];
        Assert.True(packets.Length >= 3, $"{packets.Length} packets");
        (RecordHeader header, byte[] body) = packets[packets.Length / 2];
        Assert.Equal(FrameError.None, FrameHeader.TryRead(body, out FrameHeader? frame));
        int removed = BuckFiles.Everywhere(cluster).ToArray().Sum(path => BuckFiles.Remove(path, header.Id));
        Assert.True(removed >= 3, $"the packet was in {removed} places: two bucks and the spool were expected");
        return Assert.Single(frame!.Sources);
    }
}
