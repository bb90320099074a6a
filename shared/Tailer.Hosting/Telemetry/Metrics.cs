using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Tailer.Hosting;

/// <summary>Collects the instruments of every meter named <c>Tailer.*</c> and writes them in the Prometheus text format
/// (prometheus.io "Exposition formats", text 0.0.4). An instrument <c>tailer.agent.read_bytes</c> becomes
/// <c>tailer_agent_read_bytes</c>; counters get <c>total</c>.</summary>
public sealed class Metrics : IDisposable
{
    /// <summary>The content type of <see cref="Write"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener collector = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> collected = new();
    private readonly Lock writing = new();

    public Metrics()
    {
        collector.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Tailer.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument, collected.GetOrAdd(instrument, static i => new InstrumentSeries(i)));
        };
        collector.MeasurementsCompleted = (instrument, _) => collected.TryRemove(instrument, out InstrumentSeries? _);
        collector.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        collector.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        collector.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        collector.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        collector.Start();
    }

    /// <summary>The current values as text. Safe to call from any thread.</summary>
    public string Write()
    {
        lock (writing)
        {
            foreach (InstrumentSeries series in collected.Values)
                series.ForgetObserved();
            collector.RecordObservableInstruments();
            var text = new StringBuilder(4096);
            // Two meters may have an instrument of the same name (one per bucket, say): their series share one heading.
            foreach (IGrouping<string, InstrumentSeries> group in collected.Values.GroupBy(s => s.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                InstrumentSeries first = group.First();
                if (first.Help.Length > 0)
                    text.Append(CultureInfo.InvariantCulture, $"# HELP {group.Key} {first.Help}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {group.Key} {first.TypeName}\n");
                foreach (InstrumentSeries series in group)
                    series.AppendTo(text);
            }

            return text.ToString();
        }
    }

    public void Dispose() => collector.Dispose();
}
