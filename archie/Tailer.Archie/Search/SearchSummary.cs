using System.Text.Json.Serialization;

namespace Tailer.Archie;

/// <summary>The last line of a search's answer. docs/formats/http.md, section 3.3.</summary>
internal sealed record SearchSummary(
    [property: JsonPropertyOrder(-1)] string Type, int Count, bool Truncated, bool Complete, IReadOnlyList<AnswerSource> Sources,
    string? Watermark, long ScannedEvents, long ScannedBytes, long ElapsedMs);
