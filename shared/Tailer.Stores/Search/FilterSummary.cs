using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>What a segment's footer says about the events of one block.</summary>
internal sealed class FilterSummary(SegmentSummary segment, BlockFilter filter) : IEventSummary
{
    public Presence Text(QueryProbe probe) => probe.MayBeIn(filter) ? Presence.Some : Presence.None;

    public Presence Field(QueryField field, Wildcard pattern) => segment.Field(field, pattern);

    public Presence Level(SeveritySet severities) => segment.Level(severities);

    public Presence Pid(uint pid) => segment.Pid(pid);
}
