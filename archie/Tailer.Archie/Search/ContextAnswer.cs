using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>The lines around an event, by offset, and which of them it is.</summary>
internal sealed record ContextAnswer(IReadOnlyList<FoundEvent> Events, int Index, IReadOnlyList<AnswerSource> Sources);
