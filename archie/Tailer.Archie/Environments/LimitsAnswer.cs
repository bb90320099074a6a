namespace Tailer.Archie;

/// <summary>What requests may ask for.</summary>
internal sealed record LimitsAnswer(int SearchLimitMax, int QueryCharsMax, int ContextLinesMax);
