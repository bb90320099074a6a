namespace Tailer.Buck;

/// <summary>Packets that a backlog leaves out, collected for the notice.</summary>
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

    /// <summary>A packet that was not looked into: at most so many of its lines match.</summary>
    public void AddUnseen(int events) => more += events;

    public DropNotice? ToNotice() => named.Count == 0 && more == 0 ? null : new DropNotice(named, more);
}
