using System.Diagnostics.Metrics;

namespace Tailer.Hosting.Tests;

public sealed class MetricsTests
{
    [Fact]
    public void Instruments_of_tailer_meters_are_written_as_prometheus_text()
    {
        using var metrics = new Metrics();
        using var meter = new Meter("Tailer.Test1");
        Counter<long> lines = meter.CreateCounter<long>("tailer.test1.lines", description: "lines\nread");
        UpDownCounter<int> open = meter.CreateUpDownCounter<int>("tailer.test1.open_files");
        meter.CreateObservableGauge("tailer.test1.lag_seconds", () => new Measurement<double>(1.5, new KeyValuePair<string, object?>("host", "a\"b\\c\nd")));
        lines.Add(2);
        lines.Add(3);
        lines.Add(1, new KeyValuePair<string, object?>("reason", "late"));
        open.Add(4);
        open.Add(-1);
        string text = metrics.Write();
        Assert.Contains("# HELP tailer_test1_lines_total lines read\n# TYPE tailer_test1_lines_total counter\ntailer_test1_lines_total 5\ntailer_test1_lines_total{reason=\"late\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE tailer_test1_open_files gauge\ntailer_test1_open_files 3\n", text, StringComparison.Ordinal);
        Assert.Contains("tailer_test1_lag_seconds{host=\"a\\\"b\\\\c\\nd\"} 1.5\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_have_cumulative_buckets()
    {
        using var metrics = new Metrics();
        using var meter = new Meter("Tailer.Test2");
        Histogram<double> delay = meter.CreateHistogram("tailer.test2.delay_seconds", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        delay.Record(0.1);
        delay.Record(0.5);
        delay.Record(7);
        string expected = """
            # TYPE tailer_test2_delay_seconds histogram
            tailer_test2_delay_seconds_bucket{le="0.1"} 1
            tailer_test2_delay_seconds_bucket{le="1"} 2
            tailer_test2_delay_seconds_bucket{le="+Inf"} 3
            tailer_test2_delay_seconds_sum 7.6
            tailer_test2_delay_seconds_count 3

            """;
        Assert.Contains(expected, metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Meters_of_others_are_not_collected()
    {
        using var metrics = new Metrics();
        using var meter = new Meter("Other");
        meter.CreateCounter<int>("other.things").Add(1);
        Assert.DoesNotContain("other_things", metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_longer_observed_disappears()
    {
        using var metrics = new Metrics();
        using var meter = new Meter("Tailer.Test3");
        string host = "a";
        meter.CreateObservableGauge("tailer.test3.up", () => new Measurement<int>(1, new KeyValuePair<string, object?>("host", host)));
        Assert.Contains("tailer_test3_up{host=\"a\"} 1", metrics.Write(), StringComparison.Ordinal);
        host = "b";
        string text = metrics.Write();
        Assert.Contains("tailer_test3_up{host=\"b\"} 1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("host=\"a\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_without_bound_end_in_one_overflow_series()
    {
        using var metrics = new Metrics();
        using var meter = new Meter("Tailer.Test4");
        Counter<long> counter = meter.CreateCounter<long>("tailer.test4.things");
        for (int i = 0; i < 2500; i++)
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        string text = metrics.Write();
        Assert.Contains("tailer_test4_things_total{overflow=\"true\"} 500\n", text, StringComparison.Ordinal);
    }
}
