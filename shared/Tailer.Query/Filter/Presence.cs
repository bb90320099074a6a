namespace Tailer.Queries;

/// <summary>For how many events of a set something is true, as far as a summary of the set tells.</summary>
public enum Presence
{
    /// <summary>For none, certainly.</summary>
    None,

    /// <summary>Not known.</summary>
    Some,

    /// <summary>For every one, certainly.</summary>
    All,
}
