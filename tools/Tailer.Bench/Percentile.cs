namespace Tailer.Bench;

/// <summary>Percentiles by nearest rank.</summary>
internal static class Percentile
{
    /// <param name="sorted">At least one value, in ascending order.</param>
    /// <param name="p">0 to 1.</param>
    public static double OfSorted(IReadOnlyList<double> sorted, double p) => sorted[Math.Clamp((int)Math.Ceiling(p * sorted.Count) - 1, 0, sorted.Count - 1)];
}
