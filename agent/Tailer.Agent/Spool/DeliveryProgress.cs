namespace Tailer.Agent;

/// <summary>
/// How far shipping is: every record before <see cref="Mark"/> is delivered, and those in the ranges <see cref="Ahead"/>, which
/// overtook others. Ranges ascend, do not touch the mark or each other, and end at records' ends.
/// </summary>
internal sealed record DeliveryProgress(SpoolMark Mark, IReadOnlyList<SpoolRange> Ahead)
{
    /// <summary>Ranges that are kept; shipping overtakes no further when there are so many.</summary>
    public const int AheadMax = 15;

    /// <summary>False for what lies at a mark that is delivered.</summary>
    public bool IsUndelivered(SpoolMark at) => at >= Mark && !Ahead.Any(range => at >= range.From && at < range.To);

    public static DeliveryProgress None { get; } = new(default, []);

    /// <summary>The same of a spool that turned out to end earlier: nothing behind its end was delivered.</summary>
    public DeliveryProgress Until(SpoolMark end) =>
        end < Mark ? new DeliveryProgress(end, []) : this with { Ahead = [.. Ahead.Where(range => range.To <= end)] };
}
