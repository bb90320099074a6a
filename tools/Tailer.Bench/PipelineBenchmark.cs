using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// A file already there is read, spooled, sent twice, stored, indexed into recent, sealed and verified; the CPU of every process
/// on the way is summed until its lines are all in the archive.
/// </summary>
internal static class PipelineBenchmark
{
    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        using var directory = new TempDirectory();
        string log = directory["corpus.log"];
        await Corpus.Write(log, settings.Quick ? 100_000_000 : 1_000_000_000);
        long bytes = new FileInfo(log).Length;
        await using Cluster cluster = await Cluster.Start(new ClusterOptions
        {
            Paths = [log],
            BucketTime = "5s",
            Span = "10s",
            ArchiveAfter = "10s",
            PruneGrace = "1h",
        });
        double idle = Cpu(cluster);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Wait.For(() => ArchivedBytes(cluster) >= bytes, "the whole corpus is in the archive", TimeSpan.FromMinutes(30));
        double elapsed = clock.Elapsed.TotalSeconds;
        double gigabytes = bytes / 1e9;
        await Console.Error.WriteLineAsync(
            $"pipeline: {bytes} bytes in {elapsed:0.0} s; start-up used {idle:0.0} CPU s; agent {Per(cluster.Agent, gigabytes)}, bucks {cluster.Bucks.Sum(b => ProcessCpu.Seconds(b.Process.Pid)) / gigabytes:0.00}, porter {Per(cluster.Porter, gigabytes)} CPU s/GB");
        return
        [
            new BenchRow("pipeline", "cpu-s-per-gb", Cpu(cluster) / gigabytes, "s/GB", null, null, "<= 20", "<= 10"),
            new BenchRow("pipeline", "archived-bytes-per-raw", ArchiveFileBytes(cluster) / (double)bytes, "", null, null, null, null),
        ];
    }

    private static string Per(ClusterPart part, double gigabytes) =>
        (ProcessCpu.Seconds(part.Process.Pid) / gigabytes).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    private static double Cpu(Cluster cluster) =>
        cluster.Parts.Where(part => part != cluster.Archie).Sum(part => ProcessCpu.Seconds(part.Process.Pid));

    private static IEnumerable<string> Segments(Cluster cluster) => Directory.Exists(cluster.ArchivePath)
        ? Directory.EnumerateFiles(cluster.ArchivePath, "*" + Names.SegmentSuffix, SearchOption.AllDirectories)
        : [];

    private static long ArchiveFileBytes(Cluster cluster) => Segments(cluster).Sum(path => new FileInfo(path).Length);

    private static long ArchivedBytes(Cluster cluster)
    {
        long bytes = 0;
        foreach (string path in Segments(cluster))
        {
            if (SystemDisk.Instance.OpenRead(path) is not { } file || SegmentReader.TryOpen(file, out _) is not { } segment)
                continue;
            bytes += segment.Footer.RawBytes;
            segment.Dispose();
        }
        return bytes;
    }
}
