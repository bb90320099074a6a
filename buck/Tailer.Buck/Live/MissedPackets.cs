namespace Tailer.Buck;

/// <summary>What a viewer or a backlog has to leave out, collected for the notice. Not thread-safe.</summary>
internal sealed class MissedPackets
{
    private readonly List<BatchPacket> named = [];
    private long more;

    public void Add(BatchPacket packet)
    {
        if (named.Count < DropNotice.PacketsMax)
            named.Add(packet);
        else
            more += packet.Matched;
    }

    /// <summary>What was not looked into: at most so many of its lines match.</summary>
    public void AddUnseen(long events) => more += events;

    /// <summary>All since the last call; null when there is nothing.</summary>
    public DropNotice? TakeNotice()
    {
        if (named.Count == 0 && more == 0)
            return null;
        var notice = new DropNotice([.. named], more);
        named.Clear();
        more = 0;
        return notice;
    }
}
