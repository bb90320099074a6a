using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>Searches in the sealed corpus, against decompressing it and <c>rg</c>; every count is compared with theirs.</summary>
internal static class SearchBenchmark
{
    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        string corpus = await Corpus.Find(settings);
        using var directory = new TempDirectory();
        Sealing.WritePackets(new LogLines(corpus, host: null), directory["packets"]);
        PartProcess.Run(SealPart.Name, directory["packets"], directory["index"]);
        File.Delete(directory["packets"]);
        ToolRun.Of("zstd -3 -q -o \"$2\" \"$1\"", corpus, directory["corpus.zst"]);
        return PartProcess.Run(SearchPart.Name, directory["index"], directory["corpus.zst"]);
    }
}
