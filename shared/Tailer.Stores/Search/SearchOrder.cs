namespace Tailer.Stores;

/// <summary>By event time, then source and offset, in this direction.</summary>
public enum SearchOrder
{
    Newest,
    Oldest,
}
