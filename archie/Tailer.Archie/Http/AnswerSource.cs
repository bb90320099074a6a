namespace Tailer.Archie;

/// <summary>One place an answer came from, or should have. docs/formats/http.md, section 2.4.</summary>
internal sealed record AnswerSource(string Name, AnswerState State, long Events = 0, string? Error = null);
