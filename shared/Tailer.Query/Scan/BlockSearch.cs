using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>
/// Finds the events of an encoded block that a query matches, writing as few lines as it can: what leads, templates and variables
/// tell is asked first, and only lines for which that is not enough are put together and matched. Reused from block to block;
/// not thread-safe. The packed bytes must stay while a block is open.
/// </summary>
public sealed class BlockSearch : IDisposable
{
    private readonly DecodedBlock decoded = new();
    private readonly TemplateBlock templates = new();
    private readonly LineView view = new();
    private readonly List<int> matches = [];
    private IReadOnlyList<SourceDescriptor> sources = [];
    private Presence[] presences = [];
    private int[] stamps = [];
    private readonly long[] counts = new long[byte.MaxValue + 1];
    private int stamp;
    private int[] rowOf = [];
    private byte[] line = [];
    private bool isDecoded;

    public int Count => isDecoded ? decoded.Count : templates.Count;

    /// <summary>Opens a block of a container with these sources, and finds what matches in [from, to), ascending; valid until the next call.</summary>
    public IReadOnlyList<int> Find(ReadOnlyMemory<byte> packed, IReadOnlyList<SourceDescriptor> sources, Query query, ulong from, ulong to, out BlockError error)
    {
        matches.Clear();
        this.sources = sources;
        isDecoded = templates.TryOpen(packed) != BlockError.None;
        if (isDecoded)
        {
            error = decoded.TryDecode(packed, sources.Count);
            FindInDecoded(query, from, to);
            return matches;
        }
        try
        {
            error = templates.TryReadNames(sources.Count) && templates.TryReadTemplates() && TryFindInTemplates(query, from, to) ? BlockError.None : BlockError.DamagedColumns;
        }
        catch (InvalidDataException)
        {
            error = BlockError.DamagedColumns;
        }
        if (error != BlockError.None)
            matches.Clear();
        return matches;
    }

    /// <summary>
    /// Counts what matches by severity, whatever its time, if templates alone tell: then neither times nor values are unpacked. False
    /// when they do not, or the block is damaged: then <see cref="Find"/> tells.
    /// </summary>
    public bool TryCount(ReadOnlyMemory<byte> packed, IReadOnlyList<SourceDescriptor> sources, Query query, Span<long> bySeverity)
    {
        this.sources = sources;
        isDecoded = false;
        if (templates.TryOpen(packed) != BlockError.None || !sources.All(source => source.View == SourceView.Utf8)
            || !templates.TryReadNames(sources.Count) || !templates.TryReadTemplates())
            return false;
        var summary = new BlockSummary(templates, sources);
        if (query.Required.Any(probe => !summary.MayHave(probe)))
            return !summary.IsDamaged;
        summary.OfStream(0);
        counts.AsSpan().Clear();
        for (int t = 0; t < templates.Templates.Count; t++)
        {
            summary.OfTemplate(t);
            Presence presence = query.In(summary);
            if (presence == Presence.Some || summary.AskedStream)
                return false;
            if (presence == Presence.All)
                counts[(int)templates.SeverityOf(t)] += templates.RowsOf(t);
        }
        counts.CopyTo(bySeverity);
        return !summary.IsDamaged;
    }

    public ulong Time(int i) => isDecoded ? decoded.Time(i) : templates.Time(i);

    public int Source(int i) => isDecoded ? decoded.Source(i) : templates.Streams.Streams[templates.Streams.StreamOf(i)].Source;

    public Severity Severity(int i) => isDecoded ? decoded[i].Severity : templates.SeverityOf(templates.TemplateAt(rowOf[i]));

    /// <summary>Makes <see cref="Read"/> possible; false when the block is damaged.</summary>
    public bool TryPrepareRead() => isDecoded || (templates.TryReadColumns() && templates.Rows.TryReadOffsets(sources.Count));

    /// <summary>An event that was found; its bytes are valid until the next call. Throws <see cref="InvalidDataException"/> when its line is damaged.</summary>
    public Event Read(int i)
    {
        if (isDecoded)
            return decoded[i];
        int stream = templates.Streams.StreamOf(i);
        StreamInfo info = templates.Streams.Streams[stream];
        int template = templates.TemplateAt(rowOf[i]);
        int length = Write(rowOf[i], stream, i);
        return new Event
        {
            Source = info.Source,
            Offset = templates.Rows.Offset(i),
            Bytes = line.AsSpan(0, length),
            Time = templates.Time(i),
            Flags = templates.FlagsOf(template),
            Severity = templates.SeverityOf(template),
            Pid = info.Pid,
            Host = templates.Streams.Hosts[info.Host],
            App = templates.Streams.Apps[info.App],
        };
    }

    public ulong Offset(int i) => isDecoded ? decoded[i].Offset : templates.Rows.Offset(i);

    public void Dispose()
    {
        decoded.Dispose();
        templates.Dispose();
    }

    private void FindInDecoded(Query query, ulong from, ulong to)
    {
        for (int i = 0; i < decoded.Count; i++)
        {
            ulong time = decoded.Time(i);
            if (time >= from && time < to && (query.MatchesEverything || query.Matches(InputOf(decoded[i]))))
                matches.Add(i);
        }
    }

    private bool TryFindInTemplates(Query query, ulong from, ulong to)
    {
        var summary = new BlockSummary(templates, sources);
        bool utf8 = sources.All(source => source.View == SourceView.Utf8);
        if (utf8 && query.Required.Any(probe => !summary.MayHave(probe)))
            return !summary.IsDamaged;
        if (!templates.TryReadEvents())
            return false;
        if (rowOf.Length < templates.Count)
            rowOf = new int[templates.Count];
        rowOf.AsSpan(0, templates.Count).Fill(-1);
        bool any = false;
        for (int s = 0; s < templates.Streams.Streams.Length; s++)
        {
            summary.OfStream(s);
            Presence ofStream = query.In(summary);
            if (ofStream == Presence.None)
                continue;
            if (!TryFindInStream(query, summary, s, ofStream, from, to, ref any))
                return false;
        }
        for (int i = 0; any && i < templates.Count; i++)
        {
            if (rowOf[i] >= 0)
                matches.Add(i);
        }
        return !summary.IsDamaged;
    }

    private bool TryFindInStream(Query query, BlockSummary summary, int stream, Presence ofStream, ulong from, ulong to, ref bool any)
    {
        StartStream();
        StreamSet streams = templates.Streams;
        for (int row = streams.FirstRow(stream); row < streams.FirstRow(stream + 1); row++)
        {
            int i = streams.EventAt(row);
            ulong time = templates.Time(i);
            if (time < from || time >= to)
                continue;
            Presence presence = ofStream == Presence.All ? Presence.All : PresenceOf(query, summary, templates.TemplateAt(row));
            if (presence == Presence.Some && summary.TellsRows)
            {
                summary.OfTemplate(templates.TemplateAt(row));
                summary.OfRow(row);
                presence = query.In(summary);
            }
            if (presence == Presence.Some)
            {
                if (!templates.TryReadColumns())
                    return false;
                presence = Matches(query, stream, row, i) ? Presence.All : Presence.None;
            }
            if (presence == Presence.All)
            {
                rowOf[i] = row;
                any = true;
            }
        }
        return true;
    }

    /// <summary>What the query says of a template's lines in the stream; asked once for each.</summary>
    private Presence PresenceOf(Query query, BlockSummary summary, int template)
    {
        if (stamps[template] != stamp)
        {
            stamps[template] = stamp;
            summary.OfTemplate(template);
            presences[template] = query.In(summary);
        }
        return presences[template];
    }

    private void StartStream()
    {
        if (stamps.Length < templates.Templates.Count)
        {
            stamps = new int[templates.Templates.Count];
            presences = new Presence[stamps.Length];
            stamp = 0;
        }
        stamp++;
    }

    private bool Matches(Query query, int stream, int row, int i)
    {
        StreamInfo info = templates.Streams.Streams[stream];
        SourceDescriptor source = sources[info.Source];
        int length = Write(row, stream, i);
        return query.Matches(new MatchInput
        {
            Line = view.Read(source.View, line.AsSpan(0, length)),
            Host = templates.Streams.Hosts[info.Host],
            App = templates.Streams.Apps[info.App],
            Agent = source.Agent,
            Path = source.Path,
            Tags = source.Tags,
            Pid = info.Pid,
            Severity = templates.SeverityOf(templates.TemplateAt(row)),
        });
    }

    private int Write(int row, int stream, int i)
    {
        int length = line.Length == 0 ? -1 : templates.Write(row, stream, i, line, 0);
        while (length < 0 && line.Length < templates.TextBytes + TemplateBlock.WriteSlackBytes)
        {
            line = new byte[Math.Min(Math.Max(line.Length * 4, 16 * 1024), templates.TextBytes + TemplateBlock.WriteSlackBytes)];
            length = templates.Write(row, stream, i, line, 0);
        }
        return length >= 0 ? length : throw new InvalidDataException("a line is longer than its block, or its time cannot be written: the block is damaged");
    }

    private MatchInput InputOf(in Event e)
    {
        SourceDescriptor source = sources[e.Source];
        return new MatchInput
        {
            Line = view.Read(source.View, e.Bytes),
            Host = e.Host,
            App = e.App,
            Agent = source.Agent,
            Path = source.Path,
            Tags = source.Tags,
            Pid = e.Pid,
            Severity = e.Severity,
        };
    }
}
