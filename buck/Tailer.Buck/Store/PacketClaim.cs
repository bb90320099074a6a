using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A packet is being stored by who holds this.</summary>
internal sealed class PacketClaim(PacketId id)
{
    public PacketId Id => id;

    /// <summary>Completes when it is released; null while nobody waits for that.</summary>
    public TaskCompletionSource? Released { get; set; }
}
