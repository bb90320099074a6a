using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A packet is being stored by who holds this.</summary>
internal sealed class PacketClaim(PacketClaims claims, PacketId id)
{
    public PacketId Id => id;

    /// <summary>May be called a second time, when another may have the packet already.</summary>
    public void Release() => claims.Release(this);

    /// <summary>Completes when it is released; null while nobody waits for that.</summary>
    public TaskCompletionSource? Released { get; set; }
}
