using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>What to search for, and what the answer may cost.</summary>
public sealed record SearchRequest
{
    public Query Query { get; init; } = Query.Everything;

    /// <summary>Least event time, <see cref="Blocks.LogTime"/> units.</summary>
    public ulong From { get; init; }

    /// <summary>Event time the answer ends before.</summary>
    public ulong To { get; init; } = ulong.MaxValue;

    public SearchOrder Order { get; init; } = SearchOrder.Newest;

    /// <summary>Events given at most; the first ones in the order.</summary>
    public int Limit { get; init; } = 500;

    /// <summary>Bytes of events held, and so given, at most: 10,000 events of the longest kind would be 640 MB.</summary>
    public long BytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Blocks decoded at the same time; each takes up to 16 MiB and its columns.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
