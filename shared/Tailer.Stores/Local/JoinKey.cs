namespace Tailer.Stores;

/// <summary>Where an event belongs in a join; sources are numbered ascending by id.</summary>
internal readonly record struct JoinKey(ulong Time, int Source, ulong Offset) : IComparable<JoinKey>
{
    public int CompareTo(JoinKey other)
    {
        int order = Time.CompareTo(other.Time);
        if (order == 0)
            order = Source.CompareTo(other.Source);
        return order != 0 ? order : Offset.CompareTo(other.Offset);
    }
}
