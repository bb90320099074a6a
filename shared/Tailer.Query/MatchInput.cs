using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>
/// One event as a query sees it. Nothing is copied: the spans must stay valid for the call. Unknown texts are empty, an
/// unknown pid is 0.
/// </summary>
public readonly ref struct MatchInput
{
    /// <summary>The event's bytes as <see cref="LineView"/> reads them; a line end (LF or CRLF) at their end is not looked at. Need not be valid UTF-8.</summary>
    public ReadOnlySpan<byte> Line { get; init; }

    public ReadOnlySpan<char> Host { get; init; }

    public ReadOnlySpan<char> App { get; init; }

    /// <summary>Name of the credential that sent the event.</summary>
    public ReadOnlySpan<char> Agent { get; init; }

    public ReadOnlySpan<char> Path { get; init; }

    /// <summary>Tags of the event's source; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Tags { get; init; }

    public uint Pid { get; init; }

    public Severity Severity { get; init; }
}
