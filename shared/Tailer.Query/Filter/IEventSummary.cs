namespace Tailer.Queries;

/// <summary>
/// What is known about a set of events without looking at each: a block's columns and text, a segment's footer. Answers may
/// be <see cref="Presence.Some"/> whenever the summary does not tell; a wrong <see cref="Presence.None"/> loses events.
/// </summary>
public interface IEventSummary
{
    /// <summary>
    /// Whether a line contains the probe's text. All only when every line does, and not within longer terms where the probe wants whole
    /// ones.
    /// </summary>
    Presence Text(QueryProbe probe);

    /// <summary>Whether the field's value matches.</summary>
    Presence Field(QueryField field, Wildcard pattern);

    Presence Level(SeveritySet severities);

    Presence Pid(uint pid);
}
