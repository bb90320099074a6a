namespace Tailer.Queries;

/// <summary>What a <c>name:value</c> of a query compares with a whole value, beside level and pid.</summary>
public enum QueryField
{
    Host,
    App,
    Agent,
    Path,

    /// <summary>Any of the source's tags, as <c>name=text</c>.</summary>
    Tag,
}
