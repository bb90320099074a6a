using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>Decodes blocks and finds what matches, one block at a time; keeps its memory for the next.</summary>
internal sealed class BlockMatcher : IDisposable
{
    private readonly DecodedBlock block = new();
    private readonly LineView view = new();
    private readonly List<int> matches = [];

    /// <summary>Valid until the next <see cref="Match"/>.</summary>
    public DecodedBlock Block => block;

    /// <summary>Which events of the block match, ascending, or why it cannot be read. Valid until the next call.</summary>
    public IReadOnlyList<int> Match(BlockWork work, SearchRequest request, out BlockError error)
    {
        matches.Clear();
        SegmentReader reader = work.Segment.Reader;
        error = reader.TryReadBlock(work.Index, block);
        if (error != BlockError.None)
            return matches;
        for (int i = 0; i < block.Count; i++)
            MatchEvent(i, reader.Footer.Sources, request);
        return matches;
    }

    public void Dispose() => block.Dispose();

    private void MatchEvent(int i, IReadOnlyList<SegmentSource> sources, SearchRequest request)
    {
        if (block.Time(i) < request.From || block.Time(i) >= request.To)
            return;
        if (request.Query.MatchesEverything)
        {
            matches.Add(i);
            return;
        }
        Event e = block[i];
        SourceDescriptor source = sources[e.Source].Descriptor;
        var input = new MatchInput
        {
            Line = view.Read(source.View, e.Bytes),
            Host = e.Host,
            App = e.App,
            Agent = source.Agent,
            Path = source.Path,
            Pid = e.Pid,
            Severity = e.Severity,
        };
        if (request.Query.Matches(input))
            matches.Add(i);
    }
}
