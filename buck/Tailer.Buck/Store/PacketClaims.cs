using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// Packets that are being stored. The same packet may come on two connections at once, and with several disks no file's turn keeps it from being
/// stored on two of them: so the second waits, without a thread, until it is known what became of the first. Thread-safe.
/// </summary>
internal sealed class PacketClaims
{
    private readonly Lock gate = new();
    private readonly Dictionary<PacketId, PacketClaim> taken = [];

    public ValueTask<PacketClaim> TakeAsync(PacketId id)
    {
        var claim = new PacketClaim(this, id);
        return TryTake(claim) is null ? ValueTask.FromResult(claim) : new ValueTask<PacketClaim>(WaitAsync(claim));
    }

    /// <summary>See <see cref="PacketClaim.Release"/>.</summary>
    public void Release(PacketClaim claim)
    {
        lock (gate)
        {
            if (taken.TryGetValue(claim.Id, out PacketClaim? now) && now == claim)
                taken.Remove(claim.Id);
        }
        claim.Released?.TrySetResult();
    }

    private async Task<PacketClaim> WaitAsync(PacketClaim claim)
    {
        while (TryTake(claim) is { } holder)
            await holder.ConfigureAwait(false);
        return claim;
    }

    /// <summary>Null when it is taken, else what to wait for.</summary>
    private Task? TryTake(PacketClaim claim)
    {
        lock (gate)
        {
            if (taken.TryAdd(claim.Id, claim))
                return null;
            PacketClaim holder = taken[claim.Id];
            holder.Released ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return holder.Released.Task;
        }
    }
}
