using Tailer.Blocks;

namespace Tailer.Cli.Inspect;

/// <summary>The sources of a file, numbered from 1 in the order in which they are met; tables and events name them by number.</summary>
internal sealed class SourceBook(bool showAll)
{
    private readonly Dictionary<SourceId, int> numbers = [];
    private readonly List<Entry> entries = [];

    public int Count => entries.Count;

    /// <summary>Counts a source's events and the range they cover; gives its number.</summary>
    public int Add(SourceId id, SourceDescriptor? descriptor, long events, IEnumerable<ByteRange> ranges)
    {
        int number = NumberOf(id);
        Entry entry = entries[number - 1];
        entry.Descriptor = entry.Descriptor is null || descriptor is null ? descriptor ?? entry.Descriptor : SourceDescriptor.Better(entry.Descriptor, descriptor);
        entry.Events += events;
        foreach (ByteRange range in ranges)
            entry.Coverage.Add(range);
        return number;
    }

    public int NumberOf(SourceId id)
    {
        if (numbers.TryGetValue(id, out int number))
            return number;
        entries.Add(new Entry(id));
        numbers.Add(id, entries.Count);
        return entries.Count;
    }

    /// <summary>The path, or the id where no descriptor was met.</summary>
    public string NameOf(SourceId id) => numbers.TryGetValue(id, out int number) ? entries[number - 1].Descriptor?.Path ?? id.ToString() : id.ToString();

    public Sheet ToSheet()
    {
        var sheet = new Sheet(
            "sources", "sources", "--sources", showAll,
            new("number", "#"), new("source", "source"), new("events", "events"), new("bytes", "bytes"), new("coverage", "covers"),
            new("host", "host"), new("agent", "agent"), new("path", "path"), Column.ForPrograms("kind"), Column.ForPrograms("predecessor"), Column.ForPrograms("finalLength"));
        for (int i = 0; i < entries.Count; i++)
            sheet.Add(Row(i + 1, entries[i]));
        return sheet;
    }

    private Cell[] Row(int number, Entry entry)
    {
        SourceDescriptor? d = entry.Descriptor;
        return
        [
            Cell.Number(number), Cell.Id(entry.Id.ToString(), showAll), Cell.Number(entry.Events), Cell.Bytes((long)entry.Coverage.Bytes), Covers(entry.Coverage),
            Cell.Of(d?.Host ?? ""), Cell.Of(d?.Agent ?? ""), d is null ? new Cell("(not described in this file)", null) : Cell.Of(d.Path),
            d is null ? Cell.None : Cell.Of(d.Kind.ToString().ToLowerInvariant()),
            d is null || d.Predecessor.IsEmpty ? Cell.None : Cell.Of(d.Predecessor.ToString()),
            d?.FinalLength is { } final ? Cell.Offset((long)final) : Cell.None,
        ];
    }

    private static Cell Covers(Coverage coverage)
    {
        string[] ranges = [.. coverage.Select(r => $"{r.From}..{r.To}")];
        return new Cell(ranges.Length > 1 ? $"{ranges.Length} ranges, {coverage[0].From}..{coverage[^1].To}" : string.Concat(ranges), ranges);
    }

    private sealed class Entry(SourceId id)
    {
        public SourceId Id => id;

        public SourceDescriptor? Descriptor { get; set; }

        public long Events { get; set; }

        public Coverage Coverage { get; } = new();
    }
}
