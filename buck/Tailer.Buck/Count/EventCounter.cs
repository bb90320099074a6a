using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>
/// Counts the events that match a query, by its labels. Its value and <see cref="Uncertain"/> go together: the true count of what this buck
/// was to count is no further from the value than that. <see cref="Take"/> is called by one thread at a time, the rest by any.
/// </summary>
internal sealed class EventCounter(CounterOptions options)
{
    /// <summary>More label values than this are a mistake (a path with a date in it): what is above is counted together, as <see cref="OtherValue"/>.</summary>
    public const int SeriesMax = 1000;

    public const string OtherValue = "(other)";

    private readonly Lock gate = new();

    /// <summary>A counter without labels has its one series from the start; others come with the events.</summary>
    private readonly Dictionary<SeriesKey, long> series = options.Labels.Count == 0 ? new() { [SeriesKey.Of([])] = 0 } : [];

    private long uncertain;

    public CounterOptions Options => options;

    /// <summary>By how much the count may be off since it began.</summary>
    public long Uncertain
    {
        get
        {
            lock (gate)
                return uncertain;
        }
    }

    /// <summary>Events that match, of a decoded packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="counts">They are added to the count.</param>
    /// <param name="isUncertain">They are added to what is uncertain.</param>
    public void Take(PacketView packet, bool counts, bool isUncertain)
    {
        IReadOnlyList<int> matches = packet.Match(options.Query);
        if (matches.Count == 0)
            return;
        lock (gate)
        {
            if (isUncertain)
                uncertain += matches.Count;
            for (int i = 0; counts && i < matches.Count; i++)
                Add(KeyOf(packet, matches[i]), 1);
        }
    }

    /// <summary>At most so many events would have matched and were not looked at.</summary>
    public void Missed(long events)
    {
        lock (gate)
            uncertain += events;
    }

    public IReadOnlyList<KeyValuePair<SeriesKey, long>> Series()
    {
        lock (gate)
            return [.. series];
    }

    /// <summary>Goes on from what was saved.</summary>
    public void Restore(SavedCounter saved)
    {
        lock (gate)
        {
            uncertain += saved.Uncertain;
            foreach (SavedSeries one in saved.Series)
                Add(SeriesKey.Of(one.Values), one.Count);
        }
    }

    /// <summary>Whether the saved values are of a counter that asks the same.</summary>
    public bool IsOf(SavedCounter saved) =>
        saved.Name == options.Name && saved.Query == options.Query.ToString() && saved.Labels.SequenceEqual(options.Labels.Select(l => l.Word()));

    public SavedCounter Save()
    {
        lock (gate)
        {
            return new SavedCounter(
                options.Name, options.Query.ToString(), [.. options.Labels.Select(l => l.Word())], uncertain,
                [.. series.Select(s => new SavedSeries(s.Key.First(options.Labels.Count), s.Value))]);
        }
    }

    private void Add(SeriesKey key, long count)
    {
        if (series.TryGetValue(key, out long value) || series.Count < SeriesMax)
        {
            series[key] = value + count;
            return;
        }
        SeriesKey other = SeriesKey.Of([.. options.Labels.Select(_ => OtherValue)]);
        series[other] = series.GetValueOrDefault(other) + count;
    }

    private SeriesKey KeyOf(PacketView packet, int i)
    {
        if (options.Labels.Count == 0)
            return SeriesKey.Of([]);
        Event e = packet[i];
        return new SeriesKey(Value(packet, e, i, 0), Value(packet, e, i, 1), Value(packet, e, i, 2), Value(packet, e, i, 3), Value(packet, e, i, 4));
    }

    private string Value(PacketView packet, Event e, int i, int label) => label >= options.Labels.Count ? "" : options.Labels[label] switch
    {
        CounterLabel.Host => e.Host ?? "",
        CounterLabel.App => e.App ?? "",
        CounterLabel.Level => SeverityNames.NameOf(e.Severity),
        CounterLabel.Agent => packet.Header.Agent,
        _ => packet.Path(i),
    };
}
