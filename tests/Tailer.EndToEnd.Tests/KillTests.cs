using System.Globalization;
using System.Security.Cryptography;
using Tailer.Testing;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>Promise 1 and 4: kill -9 anything, at any time, and every line is there exactly once.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int LinesPerSecond = 5500;
    private const long LinesMin = 300_000;
    private const int KillsOfEach = 5;

    [Fact]
    public async Task Every_line_is_archived_exactly_once_although_every_part_is_killed_again_and_again()
    {
        using var logs = new TempDirectory();
        using var writer = new RotatingWriter(logs.Path, LinesPerSecond, TimeSpan.FromSeconds(3));
        await using Cluster cluster = await Cluster.Start(new ClusterOptions { Paths = [writer.Path], Host = "kill-host" });
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(10));

        using var killing = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        Task[] killers =
        [
            KillAgainAndAgain([cluster.Agent], seed: 1, TimeSpan.FromSeconds(4), stop.Token),
            KillAgainAndAgain(cluster.Bucks, seed: 2, TimeSpan.FromSeconds(1.5), stop.Token),
            KillAgainAndAgain([cluster.Porter], seed: 3, TimeSpan.FromSeconds(5), stop.Token),
            KillAgainAndAgain([cluster.Archie], seed: 4, TimeSpan.FromSeconds(5), stop.Token),
        ];
        await writer.Run(LinesMin, () => killers.All(killer => killer.IsCompleted), stop.Token);
        await Task.WhenAll(killers);
        foreach (ClusterPart part in cluster.Parts)
            Assert.True(part.Kills >= KillsOfEach, $"{part.Name} was killed {part.Kills} times");
        output.WriteLine($"{writer.Lines} lines, {writer.Bytes} bytes, {writer.Rotations} rotations; kills: {string.Join(", ", cluster.Parts.Select(p => $"{p.Name} {p.Kills}"))}");

        await WaitForArchive(cluster, writer.Bytes);
        byte[] counts = ArchiveContent.CountLines(cluster.ArchivePath, writer.Lines);
        if (!counts.All(count => count == 1))
            Assert.Fail(Describe(counts));

        ProcessResult cat = await cluster.Cli("cat", "--host", "kill-host", "--path", writer.Path);
        Assert.True(cat.ExitCode == 0, cat.Errors);
        Assert.Equal(writer.Sha256(), Convert.ToHexStringLower(SHA256.HashData(cat.Output)));

        ProcessResult audit = await cluster.Cli("audit");
        Assert.True(audit.ExitCode == 0, $"{audit.Errors}\n{audit.Text}");
        Assert.Contains("complete", audit.Text, StringComparison.Ordinal);
    }

    /// <summary>Kills one part after the other, each the stated number of times, and starts it again 0.1 to 3 s later.</summary>
    private static async Task KillAgainAndAgain(IReadOnlyList<ClusterPart> parts, int seed, TimeSpan every, CancellationToken stop)
    {
        var random = new Random(seed);
        for (int i = 0; i < KillsOfEach * parts.Count; i++)
        {
            await Pause(every * (0.5 + random.NextDouble()), stop);
            ClusterPart part = parts[i % parts.Count];
            await part.Kill9();
            await Pause(TimeSpan.FromSeconds(0.1 + random.NextDouble() * 2.9), stop);
            part.Start();
            await part.Ready();
        }
    }

    /// <summary>The schedule of the kills is the test's input: time has to pass.</summary>
    private static async Task Pause(TimeSpan time, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync(stop);
    }

    private async Task WaitForArchive(Cluster cluster, long bytes)
    {
        try
        {
            await Wait.For(() => ArchiveContent.RawBytes(cluster.ArchivePath) >= bytes, "everything written is in the archive", TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException)
        {
            output.WriteLine($"the archive holds {ArchiveContent.RawBytes(cluster.ArchivePath)} of {bytes} bytes");
            foreach (ClusterPart part in cluster.Parts)
            {
                output.WriteLine($"--- {part.Name}, running: {part.IsRunning}");
                foreach (string line in part.Log.TakeLast(40))
                    output.WriteLine(line);
            }
            throw;
        }
    }

    private static string Describe(byte[] counts)
    {
        int missing = counts.Count(count => count == 0);
        int repeated = counts.Count(count => count > 1);
        int first = Array.FindIndex(counts, count => count != 1);
        return string.Create(CultureInfo.InvariantCulture, $"of {counts.Length} lines {missing} are missing and {repeated} repeated; the first is line {first}, there {counts[first]} times");
    }
}
