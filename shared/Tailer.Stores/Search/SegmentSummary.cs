using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>What a segment's footer says about all its events.</summary>
internal sealed class SegmentSummary(SegmentFooter footer) : IEventSummary
{
    /// <summary>True when a text in a line's view is in the line's bytes too, for every source.</summary>
    public bool KeepsBytes { get; } = footer.Sources.All(source => LineView.KeepsBytes(source.Descriptor.View));

    public Presence Text(QueryProbe probe) => Presence.Some;

    /// <summary>Agent, path and tags are the source's; a line may name another host or application than its source's.</summary>
    public Presence Field(QueryField field, Wildcard pattern)
    {
        if (field is not (QueryField.Agent or QueryField.Path or QueryField.Tag) || footer.Sources.Count == 0)
            return Presence.Some;
        bool any = false, all = true;
        foreach (SegmentSource source in footer.Sources)
        {
            bool matches = pattern.IsMatchOf(source.Descriptor, field);
            any |= matches;
            all &= matches;
        }
        return all ? Presence.All : any ? Presence.Some : Presence.None;
    }

    public Presence Level(SeveritySet severities) => Presence.Some;

    public Presence Pid(uint pid) => Presence.Some;
}
