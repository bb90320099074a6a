using Tailer.Blocks;
using Tailer.Cli.Show;

namespace Tailer.Cli.Inspect;

/// <summary>
/// What is said of a block: the one place for it, whatever container it lies in. A row of the table of blocks, and what is summed up
/// over all of them.
/// </summary>
internal sealed class BlockDescription(bool showAll)
{
    private readonly long[] severities = new long[256];
    private long continues, partial, inherited, altered;

    public Sheet Sheet { get; } = new(
        "blocks", "blocks", "--blocks", showAll,
        new("number", "#"), new("offset", "offset"), new("bytes", "bytes"), new("events", "events"), new("rawBytes", "raw"), new("ratio", "ratio"),
        new("sources", "sources"), new("firstTime", "first (UTC)"), new("lastTime", "last"), new("damage", "damage"));

    /// <param name="offset">Where it lies in the file.</param>
    /// <param name="bytes">How many bytes it takes there.</param>
    /// <param name="block">Decoded; empty after an error.</param>
    /// <param name="wrong">What is wrong with it, or null.</param>
    public void Add(long offset, long bytes, DecodedBlock block, string? wrong)
    {
        var sources = new HashSet<int>();
        long raw = 0;
        (ulong least, ulong greatest) = (ulong.MaxValue, 0);
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            sources.Add(e.Source);
            raw += e.Bytes.Length;
            least = Math.Min(least, e.Time);
            greatest = Math.Max(greatest, e.Time);
            Count(e);
        }
        Cell number = Cell.Number(Sheet.Rows.Count + 1);
        Cell problem = wrong is null ? Cell.None : Cell.Of(wrong);
        if (block.Count == 0)
            Sheet.Add(number, Cell.Offset(offset), Cell.Bytes(bytes), Cell.None, Cell.None, Cell.None, Cell.None, Cell.None, Cell.None, problem);
        else
        {
            Sheet.Add(
                number, Cell.Offset(offset), Cell.Bytes(bytes), Cell.Number(block.Count), Cell.Bytes(raw), Cell.Ratio(raw, bytes),
                Cell.Number(sources.Count), Cell.Time(least), Cell.TimeAfter(greatest, least), problem);
        }
    }

    /// <summary>Counts what is said of events beside their bytes.</summary>
    public void Count(DecodedBlock block)
    {
        for (int i = 0; i < block.Count; i++)
            Count(block[i]);
    }

    /// <summary>Severities and flags of all events.</summary>
    public void Summarize(Description into)
    {
        string[] named = [.. severities.Select((count, i) => (count, Name: i == 0 ? "unknown" : ((Severity)i).ToString().ToLowerInvariant()))
            .Where(s => s.count > 0).Select(s => $"{s.Name} {Quantity.Number(s.count)}")];
        into.Add("severities", "severities", new Cell(string.Join(", ", named), named));
        string[] flags = [.. new[] { (continues, "continue the line before"), (partial, "are parts of a line"), (inherited, "have an inherited time"), (altered, "were altered by a rule") }
            .Where(f => f.Item1 > 0).Select(f => $"{Quantity.Number(f.Item1)} {f.Item2}")];
        if (flags.Length > 0)
            into.Add("flags", "events that", new Cell(string.Join(", ", flags), flags));
    }

    private void Count(scoped in Event e)
    {
        severities[(byte)e.Severity]++;
        continues += (e.Flags & EventFlags.Continues) != 0 ? 1 : 0;
        partial += (e.Flags & EventFlags.Partial) != 0 ? 1 : 0;
        inherited += (e.Flags & EventFlags.TimeInherited) != 0 ? 1 : 0;
        altered += (e.Flags & EventFlags.Altered) != 0 ? 1 : 0;
    }
}
