using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>An event put aside in a join, with a copy of its bytes.</summary>
internal sealed class ParkedEvent(in Event e, JoinKey key)
{
    private readonly string host = e.Host;
    private readonly string app = e.App ?? "";
    private readonly uint pid = e.Pid;
    private readonly Severity severity = e.Severity;
    private readonly EventFlags flags = e.Flags;

    public JoinKey Key => key;

    public byte[] Bytes { get; } = e.Bytes.ToArray();

    public Event ToEvent() => new()
    {
        Source = key.Source,
        Offset = key.Offset,
        Bytes = Bytes,
        Time = key.Time,
        Host = host,
        App = app,
        Pid = pid,
        Severity = severity,
        Flags = flags,
    };
}
