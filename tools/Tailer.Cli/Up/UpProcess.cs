namespace Tailer.Cli.Up;

/// <summary>One process of a running set.</summary>
internal sealed record UpProcess
{
    public required string Name { get; init; }

    /// <summary><c>agent</c>, <c>buck</c>, <c>porter</c>, <c>archie</c> or <c>demo-logs</c>.</summary>
    public required string Part { get; init; }

    /// <summary>0 while it does not run.</summary>
    public int ProcessId { get; init; }

    /// <summary>Address of the secure channel (bucks).</summary>
    public string? Listen { get; init; }

    /// <summary>Base URL (bucks and archie).</summary>
    public string? Http { get; init; }

    public string? Config { get; init; }

    public required string Log { get; init; }
}
