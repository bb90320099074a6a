using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>Segments sealed from the packets of the corpus, and of each sample: their bytes, speed of making and reading them, memory.</summary>
internal static class SegmentBenchmark
{
    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        string corpus = await Corpus.Find(settings);
        using var directory = new TempDirectory();
        Sealing.WritePackets(new LogLines(corpus, host: null), directory["packets"]);
        IReadOnlyList<BenchRow> speeds = PartProcess.Run(SealPart.Name, directory["packets"], directory["index"]);
        string[] segments = SegmentsOf(directory["index"]);
        double bytes = FileBytes(segments);
        await Console.Error.WriteLineAsync($"segment: {new FileInfo(corpus).Length} bytes of lines are {segments.Length} segments of {bytes} bytes");
        List<BenchRow> rows =
        [
            Bytes("bytes", corpus, bytes),
            new BenchRow("segment", "filters-share", segments.Sum(FooterShare.FilterBytes) / bytes, "", null, null, null, null),
            .. speeds,
        ];
        foreach (string sample in SampleLogs.Files())
        {
            string name = Path.GetFileNameWithoutExtension(sample);
            Sealing.WritePackets(new LogLines(sample, SampleLogs.Host), directory[name]);
            Sealing.Run(directory[name], directory[name + ".index"]);
            rows.Add(Bytes("bytes:" + name, sample, FileBytes(SegmentsOf(directory[name + ".index"]))));
        }
        return rows;
    }

    private static BenchRow Bytes(string metric, string log, double bytes)
    {
        double raw = new FileInfo(log).Length;
        long theirs = Zstd19.Bytes(log);
        return new BenchRow("segment", metric, bytes / raw, "", theirs / raw, bytes / theirs, "<= 0.8", "<= 0.65");
    }

    private static string[] SegmentsOf(string index) => Directory.GetFiles(index, "*" + Names.SegmentSuffix);

    private static double FileBytes(string[] files) => files.Sum(file => new FileInfo(file).Length);
}
