using System.Globalization;
using System.Text;

namespace Tailer.Buck;

/// <summary>
/// Counters as Graphite's plaintext protocol has them, one <c>path value time</c> a line: <c>PREFIX.BUCK.COUNTER[.LABEL...].count</c>, <c>.rate</c>
/// (a second, over the interval) and <c>PREFIX.BUCK.COUNTER.uncertain</c>. Not thread-safe: it remembers what it wrote last.
/// </summary>
internal sealed class GraphiteText(string prefix, string buck)
{
    private readonly Dictionary<string, long> before = new(StringComparer.Ordinal);

    /// <summary>A label's value as one part of a path.</summary>
    public static string Part(string value) =>
        value.Length == 0 ? "none" : string.Concat(value.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));

    /// <summary>All lines now.</summary>
    /// <param name="counters">The counters.</param>
    /// <param name="unixSeconds">Time of the values.</param>
    /// <param name="elapsed">Since the call before; zero for the first, which has no rates.</param>
    public byte[] Write(IReadOnlyList<EventCounter> counters, long unixSeconds, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        foreach (EventCounter counter in counters)
        {
            string name = $"{prefix}.{Part(buck)}.{counter.Options.Name}";
            foreach ((string path, long count) in Sums(counter, name))
                WriteSeries(text, path, count, unixSeconds, elapsed);
            Line(text, $"{name}.uncertain", counter.Uncertain.ToString(CultureInfo.InvariantCulture), unixSeconds);
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Values that only differ in what a path cannot hold are one series.</summary>
    private static Dictionary<string, long> Sums(EventCounter counter, string name)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((SeriesKey key, long count) in counter.Series())
        {
            string path = string.Join('.', key.First(counter.Options.Labels.Count).Select(Part).Prepend(name));
            sums[path] = sums.GetValueOrDefault(path) + count;
        }
        return sums;
    }

    private void WriteSeries(StringBuilder text, string path, long count, long unixSeconds, TimeSpan elapsed)
    {
        Line(text, $"{path}.count", count.ToString(CultureInfo.InvariantCulture), unixSeconds);
        if (elapsed > TimeSpan.Zero)
        {
            double rate = (count - before.GetValueOrDefault(path)) / elapsed.TotalSeconds;
            Line(text, $"{path}.rate", rate.ToString("0.###", CultureInfo.InvariantCulture), unixSeconds);
        }
        before[path] = count;
    }

    private static void Line(StringBuilder text, string path, string value, long unixSeconds) =>
        text.Append(CultureInfo.InvariantCulture, $"{path} {value} {unixSeconds}\n");
}
