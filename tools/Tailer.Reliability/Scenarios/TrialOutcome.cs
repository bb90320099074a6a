namespace Tailer.Reliability;

/// <summary>How a trial ended: a row of its table.</summary>
/// <param name="What">What was done.</param>
/// <param name="Came">What came of it, measured.</param>
/// <param name="Broken">Promises that were broken; empty when all were kept.</param>
internal sealed record TrialOutcome(string What, string Came, IReadOnlyList<string> Broken)
{
    public bool KeepsPromise => Broken.Count == 0;

    public override string ToString() => $"{What}: {Came}{(KeepsPromise ? "" : "; BROKEN: " + string.Join("; ", Broken))}";
}
