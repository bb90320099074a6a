using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>An event out of a store, with copies of its bytes and what is known beside them.</summary>
public sealed record FoundEvent
{
    public required SourceId Source { get; init; }
    public required ulong Offset { get; init; }

    /// <summary>The event's own bytes, line end included; <see cref="Queries.LineView"/> reads them by <see cref="View"/>.</summary>
    public required byte[] Bytes { get; init; }
    public required ulong Time { get; init; }
    public required string Host { get; init; }
    public string App { get; init; } = "";
    public string Agent { get; init; } = "";
    public string Path { get; init; } = "";
    public uint Pid { get; init; }
    public Severity Severity { get; init; }
    public EventFlags Flags { get; init; }
    public SourceView View { get; init; }

    public int Length => Bytes.Length;

    /// <summary>Same source, offset and bytes.</summary>
    public bool IsSameAs(FoundEvent other) =>
        Offset == other.Offset && Source == other.Source && Bytes.AsSpan().SequenceEqual(other.Bytes);

    internal static FoundEvent Copy(in Event e, SourceDescriptor source) => new()
    {
        Source = source.Id,
        Offset = e.Offset,
        Bytes = e.Bytes.ToArray(),
        Time = e.Time,
        Host = e.Host,
        App = e.App ?? "",
        Agent = source.Agent,
        Path = source.Path,
        Pid = e.Pid,
        Severity = e.Severity,
        Flags = e.Flags,
        View = source.View,
    };
}
