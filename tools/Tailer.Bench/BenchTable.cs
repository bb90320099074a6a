using System.Globalization;

namespace Tailer.Bench;

/// <summary>Rows for people.</summary>
internal static class BenchTable
{
    public static void Print(IReadOnlyList<BenchRow> rows, TextWriter to)
    {
        to.WriteLine($"{"name",-10} {"metric",-26} {"value",12} {"unit",-6} {"reference",12} {"ratio",8}  {"must",-10} {"reach",-10}");
        foreach (BenchRow row in rows)
        {
            string verdict = row.MeetsReach == true ? "reached" : row.MeetsMust switch { true => "met", false => "MISSED", null => "" };
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Name,-10} {row.Metric,-26} {row.Value,12:0.###} {row.Unit,-6} {row.Reference,12:0.###} {row.Ratio,8:0.###}  {row.Must,-10} {row.Reach,-10} {verdict}"));
        }
    }
}
