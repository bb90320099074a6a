namespace Tailer.Wire;

/// <summary>The answer to an append or manifest.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">With Refused: why.</param>
/// <param name="RetryAfter">With Refused: not at this buck before then.</param>
/// <param name="Text">For the log.</param>
public readonly record struct AppendResult(AppendOutcome Outcome, NackReason Reason, TimeSpan RetryAfter, string Text)
{
    /// <summary>The buck has it: one more delivered copy.</summary>
    public bool IsDelivered => Outcome is AppendOutcome.Stored or AppendOutcome.HadIt;
}
