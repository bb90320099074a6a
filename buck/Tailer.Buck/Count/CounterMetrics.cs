using System.Diagnostics.Metrics;

namespace Tailer.Buck;

/// <summary>Counters in <c>/metrics</c>: <c>tailer_counter_events_total</c> and <c>tailer_counter_uncertain_events_total</c>.</summary>
internal static class CounterMetrics
{
    /// <summary>A meter each, because the number of label sets is bounded by instrument. The caller disposes them with the book.</summary>
    public static IReadOnlyList<Meter> Observe(CounterBook book)
    {
        var meters = new List<Meter>();
        foreach (EventCounter counter in book.Counters)
        {
            var meter = new Meter("Tailer.Buck.Counter");
            var name = new KeyValuePair<string, object?>("counter", counter.Options.Name);
            meter.CreateObservableCounter("tailer.counter.events", () => Values(counter, name), description: "Events that match a counter's query, of the copies this buck counts");
            meter.CreateObservableCounter("tailer.counter.uncertain_events", () => new Measurement<long>(counter.Uncertain, name), description: "By how much a counter may be off, after failures");
            meters.Add(meter);
        }
        return meters;
    }

    private static IEnumerable<Measurement<long>> Values(EventCounter counter, KeyValuePair<string, object?> name)
    {
        IReadOnlyList<CounterLabel> labels = counter.Options.Labels;
        return counter.Series().Select(s => new Measurement<long>(
            s.Value, [name, .. labels.Select((label, i) => new KeyValuePair<string, object?>(label.Word(), s.Key[i]))]));
    }
}
