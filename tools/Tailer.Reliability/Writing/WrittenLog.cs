using System.Text.Json;

namespace Tailer.Reliability;

/// <summary>What a writer noted, read from its report.</summary>
internal sealed record WrittenLog(IReadOnlyList<Incarnation> Files, long Lines, double Seconds)
{
    public double LinesPerSecond => Lines / Seconds;

    public long Bytes => Lines * LineMaker.Bytes;

    public static WrittenLog Read(string report)
    {
        string[] lines = File.ReadAllLines(report);
        WriterEnd end = JsonSerializer.Deserialize(lines[^1], ReportJson.Default.WriterEnd)!;
        return new WrittenLog([.. lines[..^1].Select(line => JsonSerializer.Deserialize(line, ReportJson.Default.Incarnation)!)], end.Lines, end.Seconds);
    }

    /// <summary>Place in <see cref="Files"/> of the one that holds a line.</summary>
    public int FileOf(long line)
    {
        int low = 0;
        int high = Files.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Files[middle].First <= line)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
