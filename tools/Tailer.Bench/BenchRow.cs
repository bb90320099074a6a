using System.Text.Json.Serialization;

namespace Tailer.Bench;

/// <summary>
/// One measured figure. <paramref name="Reference"/> is the named tool's figure from the same run, <paramref name="Ratio"/> ours
/// divided by it, or for searches, where more is better, it divided by ours; where there is a ratio the budgets speak of it, else
/// of the value.
/// </summary>
internal sealed record BenchRow(string Name, string Metric, double Value, string Unit, double? Reference, double? Ratio, string? Must, string? Reach)
{
    [JsonIgnore]
    public bool? MeetsMust => Meets(Must);

    [JsonIgnore]
    public bool? MeetsReach => Meets(Reach);

    private bool? Meets(string? budget)
    {
        if (budget is null)
            return null;
        double figure = Ratio ?? Value;
        double bound = double.Parse(budget.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);
        return budget.StartsWith("<=", StringComparison.Ordinal) ? figure <= bound : figure >= bound;
    }
}
