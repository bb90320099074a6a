namespace Tailer.Blocks;

/// <summary>Which bytes of which sources are there. Not thread-safe.</summary>
public sealed class CoverageMap
{
    private readonly Dictionary<SourceId, Coverage> sources = [];

    public int Count => sources.Count;

    /// <summary>In no particular order.</summary>
    public IReadOnlyCollection<SourceId> Sources => sources.Keys;

    /// <summary>The coverage of a source; null when nothing of it is there.</summary>
    public Coverage? Find(SourceId source) => sources.GetValueOrDefault(source);

    public void Add(SourceId source, ByteRange range)
    {
        if (range.To > range.From)
            Of(source).Add(range);
    }

    public void Add(SourceId source, IEnumerable<ByteRange> ranges)
    {
        foreach (ByteRange range in ranges)
            Add(source, range);
    }

    public void Add(CoverageMap other)
    {
        foreach ((SourceId source, Coverage coverage) in other.sources)
            Of(source).Add(coverage);
    }

    /// <summary>Adds what a segment says its sources cover.</summary>
    public void Add(SegmentFooter footer)
    {
        foreach (SegmentSource source in footer.Sources)
            Add(source.Descriptor.Id, source.Coverage);
    }

    public bool Contains(SourceId source, ByteRange range) =>
        range.To <= range.From || (Find(source)?.Contains(range) ?? false);

    public bool Intersects(SourceId source, ByteRange range) => Find(source)?.Intersects(range) ?? false;

    /// <summary>The bytes of the range that are not there.</summary>
    public Coverage Gaps(SourceId source, ByteRange range) =>
        Find(source)?.Gaps(range) ?? new Coverage([range]);

    private Coverage Of(SourceId source)
    {
        if (!sources.TryGetValue(source, out Coverage? coverage))
            sources.Add(source, coverage = new Coverage());
        return coverage;
    }
}
