using System.Globalization;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// 100 lines a second for ten minutes, nobody watching, settings as shipped: what lies in the bucks in the end, of one of the two copies, against
/// <c>zstd -1</c> of the same lines as one file. Time is real, so that the quick run is of one minute.
/// </summary>
internal static class StoredBytes
{
    private const int LinesPerSecond = 100;

    public static async Task<BenchRow> Measure(BenchSettings settings)
    {
        int count = LinesPerSecond * (settings.Quick ? 60 : 600);
        byte[][] lines = Lines(await Corpus.Find(settings with { Quick = true }), count);
        using var directory = new TempDirectory();
        string log = directory.File("steady.log", "");
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], BucketTime = "60s", Span = "1h", ArchiveAfter = "48h" });
        await cluster.StartBucks();
        cluster.Agent.Start();
        await cluster.Agent.Process.Line("following ");
        await Write(log, lines);
        long raw = lines.Sum(line => (long)line.Length);
        await Wait.For(() => Count(cluster).Raw >= 2 * raw, "every line is in two bucks");
        await cluster.Agent.Stop();
        foreach (ClusterPart buck in cluster.Bucks)
            await buck.Stop();
        double zstd = double.Parse(ToolRun.Of("zstd -1 -c -q \"$1\" | wc -c", log).Output, CultureInfo.InvariantCulture);
        Contents all = Count(cluster);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"stored: {raw} raw bytes; two copies are {all.Files} bytes in bucket files: {all.Packets} packets with {all.Payloads} bytes of blocks, {all.Frames - all.Payloads} of frames around them, {all.Manifests} of manifests, {all.Files - all.Frames - all.Manifests} of records around all"));
        if (all.Raw != 2 * raw)
            throw new InvalidDataException($"the bucks hold {all.Raw} raw bytes; {raw} should be there twice");
        double stored = all.Files / 2.0;
        return new BenchRow("stored", "bytes", stored, "bytes", zstd, stored / zstd, "<= 2", "<= 1.2");
    }

    private static byte[][] Lines(string corpus, int count) =>
        [.. File.ReadLines(corpus).Take(count).Select(line => System.Text.Encoding.UTF8.GetBytes(line + "\n"))];

    private static async Task Write(string log, byte[][] lines)
    {
        await using FileStream file = new(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1000.0 / LinesPerSecond));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int i = 0; i < lines.Length;)
        {
            await timer.WaitForNextTickAsync();
            // A tick that came late is made up for.
            int due = (int)Math.Min(lines.Length, 1 + (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds * LinesPerSecond));
            for (; i < due; i++)
                file.Write(lines[i]);
        }
    }

    /// <summary>What is in all bucket files together.</summary>
    private static Contents Count(Cluster cluster)
    {
        var all = new Contents();
        foreach (string path in Enumerable.Range(0, cluster.Bucks.Count).SelectMany(i => Directory.EnumerateFiles(cluster.BuckData(i), "*" + Names.BucketSuffix, SearchOption.AllDirectories)))
        {
            all.Files += new FileInfo(path).Length;
            using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
            {
                if (FrameHeader.TryReadFrame(reader.Body.Span, out FrameHeader? header) != FrameError.None)
                {
                    all.Manifests += reader.Body.Length;
                    continue;
                }
                all.Packets++;
                all.Frames += reader.Body.Length;
                all.Payloads += header!.PayloadBytes;
                all.Raw += header.RawBytes;
            }
        }
        return all;
    }

    private sealed class Contents
    {
        public long Files { get; set; }
        public long Packets { get; set; }
        public long Frames { get; set; }
        public long Payloads { get; set; }
        public long Manifests { get; set; }
        public long Raw { get; set; }
    }
}
