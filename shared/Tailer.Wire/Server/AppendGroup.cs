using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// APPENDs of one connection that have come already, one behind the other. The ids of their frames are computed together, which takes a fraction of
/// the time of one after the other; they are handled one by one, as ever.
/// </summary>
internal sealed class AppendGroup
{
    private readonly ReceivedMessage[] messages = new ReceivedMessage[WireLimits.AppendsTogetherMax];
    private readonly ReadOnlyMemory<byte>[] frames = new ReadOnlyMemory<byte>[WireLimits.AppendsTogetherMax];
    private readonly PacketId[] ids = new PacketId[WireLimits.AppendsTogetherMax];
    private int count;

    public bool IsFull => count == messages.Length;

    /// <summary>The group owns the message until it is taken.</summary>
    public void Add(ReceivedMessage message)
    {
        messages[count] = message;
        frames[count++] = Append.FrameOf(message.Body);
    }

    /// <summary>All of them, each with the id of its frame; the group is empty then. Valid until the next one is added.</summary>
    public ReadOnlyMemory<ReceivedMessage> Take()
    {
        Packet.IdsOf(frames.AsSpan(0, count), ids.AsSpan(0, count));
        for (int i = 0; i < count; i++)
            messages[i].FrameId = ids[i];
        ReadOnlyMemory<ReceivedMessage> taken = messages.AsMemory(0, count);
        frames.AsSpan(0, count).Clear();
        count = 0;
        return taken;
    }
}
