using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Tailer.Hosting;

/// <summary>All series (label sets) of one instrument.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>A label with unbounded values is a defect, but must not become a memory leak: what is over the limit is
    /// counted in one series labelled <c>overflow="true"</c>.</summary>
    private const int SeriesMax = 2000;

    private static readonly double[] DefaultBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly ConcurrentDictionary<string, Series> labelled = new(StringComparer.Ordinal);
    private readonly bool observed;
    private readonly bool isSum;
    private readonly double[]? bucketBounds;
    private readonly Series unlabelled;
    private bool unlabelledUsed;

    public InstrumentSeries(Instrument instrument)
    {
        observed = instrument.IsObservable;
        string type = instrument.GetType().Name;
        bool counter = type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal);
        bool histogram = type.StartsWith("Histogram", StringComparison.Ordinal);
        isSum = !observed && !type.StartsWith("Gauge", StringComparison.Ordinal);
        TypeName = counter ? "counter" : histogram ? "histogram" : "gauge";
        if (histogram)
            bucketBounds = (instrument as Instrument<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
        string name = Sanitize(instrument.Name);
        Name = counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
        Help = (instrument.Description ?? "").ReplaceLineEndings(" ");
        unlabelled = new Series("", bucketBounds);
    }

    public string Name { get; }

    public string Help { get; }

    public string TypeName { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Series series = tags.IsEmpty ? unlabelled : Labelled(tags);
        if (tags.IsEmpty)
            unlabelledUsed = true;
        series.Record(value, isSum);
    }

    /// <summary>Observed series are reported anew each time; one whose thing is gone must not stay.</summary>
    public void ForgetObserved()
    {
        if (!observed)
            return;
        labelled.Clear();
        unlabelledUsed = false;
    }

    public void AppendTo(StringBuilder text)
    {
        if (unlabelledUsed || (!observed && labelled.IsEmpty))
            unlabelled.AppendTo(text, Name);
        foreach (Series series in labelled.Values.OrderBy(s => s.Labels, StringComparer.Ordinal))
            series.AppendTo(text, Name);
    }

    private Series Labelled(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelText(tags);
        if (labelled.TryGetValue(labels, out Series? known))
            return known;
        if (labelled.Count >= SeriesMax)
            labels = "overflow=\"true\"";
        return labelled.GetOrAdd(labels, static (l, bounds) => new Series(l, bounds), bucketBounds);
    }

    private static string LabelText(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach ((string key, object? value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            string escaped = (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(Sanitize(key)).Append("=\"").Append(escaped).Append('"');
        }

        return text.ToString();
    }

    private static string Sanitize(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private sealed class Series(string labels, double[]? bounds)
    {
        private readonly Lock gate = new();
        private readonly long[]? bucketCounts = bounds is null ? null : new long[bounds.Length + 1];
        private double sum;

        public string Labels { get; } = labels;

        public void Record(double value, bool adds)
        {
            lock (gate)
            {
                sum = adds ? sum + value : value;
                if (bucketCounts is null)
                    return;
                int bucket = Array.FindIndex(bounds!, bound => value <= bound);
                bucketCounts[bucket < 0 ? ^1 : bucket]++;
            }
        }

        public void AppendTo(StringBuilder text, string name)
        {
            lock (gate)
            {
                if (bucketCounts is null)
                {
                    string braces = Labels.Length == 0 ? "" : $"{{{Labels}}}";
                    text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {sum:R}\n");
                    return;
                }

                AppendHistogram(text, name, bucketCounts);
            }
        }

        private void AppendHistogram(StringBuilder text, string name, long[] counts)
        {
            string prefix = Labels.Length == 0 ? "" : Labels + ",";
            string braces = Labels.Length == 0 ? "" : $"{{{Labels}}}";
            long total = 0;
            for (int i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                string bound = i < bounds!.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{prefix}le=\"{bound}\"}} {total}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {sum:R}\n{name}_count{braces} {total}\n");
        }
    }
}
