namespace Tailer.Stores;

/// <summary>
/// The one order of answers: by time, source, offset, then by bytes, so that equal means the same event and two different
/// events at one place (a conflict) are both kept.
/// </summary>
public sealed class FoundOrder : IComparer<FoundEvent>
{
    private readonly int sign;

    private FoundOrder(int sign) => this.sign = sign;

    public static FoundOrder Newest { get; } = new(-1);

    public static FoundOrder Oldest { get; } = new(1);

    public static FoundOrder Of(SearchOrder order) => order == SearchOrder.Newest ? Newest : Oldest;

    public int Compare(FoundEvent? x, FoundEvent? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int order = x.Time.CompareTo(y.Time);
        if (order == 0)
            order = x.Source.CompareTo(y.Source);
        if (order == 0)
            order = x.Offset.CompareTo(y.Offset);
        if (order == 0)
            order = x.Bytes.AsSpan().SequenceCompareTo(y.Bytes);
        return sign * order;
    }
}
