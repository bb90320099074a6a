using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>What is known of the lines of one template in one stream, or of one of them, without writing any.</summary>
internal sealed class BlockSummary(TemplateBlock block, IReadOnlyList<SourceDescriptor> sources) : IEventSummary
{
    private readonly Dictionary<QueryProbe, ProbeInBlock> probes = new(ReferenceEqualityComparer.Instance);
    private int stream;
    private int template;
    private int row = -1;
    private bool textIsBytes;

    /// <summary>An answer was that of one stream; others may give another.</summary>
    public bool AskedStream { get; private set; }

    /// <summary>A part of the block could not be read.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Single rows may be told apart by what their variables hold.</summary>
    public bool TellsRows => probes.Values.Any(probe => probe.TellsRows);

    /// <summary>All lines of a stream, whatever their text.</summary>
    public void OfStream(int stream)
    {
        (this.stream, template, row) = (stream, -1, -1);
        textIsBytes = sources[block.Streams.Streams[stream].Source].View == SourceView.Utf8;
    }

    /// <summary>All lines of a template in the stream.</summary>
    public void OfTemplate(int template) => (this.template, row) = (template, -1);

    /// <summary>One of them.</summary>
    public void OfRow(int row) => this.row = row;

    public bool MayHave(QueryProbe probe) => Find(probe)?.IsAnywhere() ?? true;

    public Presence Text(QueryProbe probe)
    {
        if (template < 0 || !textIsBytes || Find(probe) is not { } found)
            return Presence.Some;
        AskedStream |= found.LeadsMatter;
        return row < 0 ? found.In(stream, template) : found.InRow(stream, template, row, block.TimeText(stream, block.Streams.EventAt(row)));
    }

    public Presence Field(QueryField field, Wildcard pattern)
    {
        AskedStream = true;
        StreamInfo info = block.Streams.Streams[stream];
        bool matches = field switch
        {
            QueryField.Host => pattern.IsMatch(block.Streams.Hosts[info.Host]),
            QueryField.App => pattern.IsMatch(block.Streams.Apps[info.App]),
            _ => pattern.IsMatchOf(sources[info.Source], field),
        };
        return matches ? Presence.All : Presence.None;
    }

    public Presence Level(SeveritySet severities) => template < 0
        ? Presence.Some
        : severities.Contains(block.SeverityOf(template)) ? Presence.All : Presence.None;

    public Presence Pid(uint pid)
    {
        AskedStream = true;
        return block.Streams.Streams[stream].Pid == pid ? Presence.All : Presence.None;
    }

    private ProbeInBlock? Find(QueryProbe probe)
    {
        if (probes.TryGetValue(probe, out ProbeInBlock? found))
            return found;
        if (IsDamaged || ProbeInBlock.TryFind(probe, block) is not { } made)
        {
            IsDamaged = true;
            return null;
        }
        return probes[probe] = made;
    }
}
