using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>
/// One packet decoded, to be matched and shown. Reused packet after packet; not thread-safe. Owns rented memory until
/// <see cref="Dispose"/>.
/// </summary>
internal sealed class PacketView(SourceCatalog catalog) : IDisposable
{
    private readonly DecodedBlock block = new();
    private readonly List<int> matches = [];
    private readonly LineView lines = new();
    private SourceDescriptor?[] descriptors = [];
    private string?[] sourceTexts = [];

    public PacketId Id { get; private set; }

    public string IdText { get; private set; } = "";

    public FrameHeader Header { get; private set; } = null!;

    public int Count => block.Count;

    /// <summary>Decodes a checked frame; the memory may be reused after the call. After an error the view is empty.</summary>
    public BlockError TryDecode(PacketId id, FrameHeader header, ReadOnlySpan<byte> frame)
    {
        Id = id;
        IdText = id.ToString();
        Header = header;
        int sources = header.Sources.Count;
        if (descriptors.Length < sources)
        {
            descriptors = new SourceDescriptor?[sources];
            sourceTexts = new string?[sources];
        }
        Array.Clear(sourceTexts);
        for (int i = 0; i < sources; i++)
            descriptors[i] = header.Sources[i].Descriptor ?? catalog.Find(header.Sources[i].Source);
        return block.TryDecode(header.Payload(frame), sources);
    }

    public Event this[int i] => block[i];

    public ulong Time(int i) => block.Time(i);

    public SourceId Source(int i) => Header.Sources[block.Source(i)].Source;

    public string SourceText(int i)
    {
        int source = block.Source(i);
        return sourceTexts[source] ??= Header.Sources[source].Source.ToString();
    }

    /// <summary>Empty while the source's descriptor is not known.</summary>
    public string Path(int i) => descriptors[block.Source(i)]?.Path ?? "";

    /// <summary>The line as its source's view reads it, without its line end; valid until the next call.</summary>
    public ReadOnlySpan<byte> Text(int i) => lines.Read(ViewOf(block.Source(i)), block[i].Bytes);

    /// <summary>Indexes of the events that match, ascending; valid until the next call.</summary>
    public IReadOnlyList<int> Match(Query query, ulong from = 0, ulong to = ulong.MaxValue)
    {
        matches.Clear();
        if (!MayMatch(query))
            return matches;
        bool everything = query.MatchesEverything;
        for (int i = 0; i < block.Count; i++)
        {
            ulong time = block.Time(i);
            if (time < from || time >= to)
                continue;
            if (everything || Matches(query, i))
                matches.Add(i);
        }
        return matches;
    }

    public void Dispose() => block.Dispose();

    private bool Matches(Query query, int i)
    {
        Event e = block[i];
        return query.Matches(new MatchInput
        {
            Line = lines.Read(ViewOf(e.Source), e.Bytes),
            Host = e.Host,
            App = e.App,
            Agent = Header.Agent,
            Path = Path(i),
            Tags = descriptors[e.Source]?.Tags,
            Pid = e.Pid,
            Severity = e.Severity,
        });
    }

    /// <summary>UTF-8 while the source's descriptor is not known.</summary>
    private SourceView ViewOf(int source) => descriptors[source]?.View ?? SourceView.Utf8;

    /// <summary>A text that every matching line has is looked for in all lines at once, where lines show their own bytes.</summary>
    private bool MayMatch(Query query)
    {
        for (int source = 0; source < Header.Sources.Count; source++)
        {
            if (!LineView.KeepsBytes(ViewOf(source)))
                return true;
        }
        foreach (QueryProbe probe in query.Required)
        {
            if (probe.SearchedBytes > 0 && probe.IndexIn(block.Text) < 0)
                return false;
        }
        return true;
    }
}
