using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What was read from a line, beside its bytes.</summary>
internal readonly record struct LineFacts
{
    /// <summary>0 when the line states no time that can be believed.</summary>
    public ulong Time { get; init; }
    public Severity Severity { get; init; }
    public uint Pid { get; init; }

    /// <summary>The host the line claims, where it is asked; null when it claims none.</summary>
    public string? Host { get; init; }

    /// <summary>Null when the line names no application.</summary>
    public string? App { get; init; }
}
