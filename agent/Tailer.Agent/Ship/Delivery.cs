using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// One record on its way to as many bucks as it asks for: who has it, who refused it, which copy is whose. One task at a time works
/// on it, or it is parked; some 300 bytes.
/// </summary>
internal sealed class Delivery(SpoolRecord record, DeliveryLedger.Entry? entry)
{
    private readonly List<(string Buck, int Copy)> having = new(2);
    private readonly List<(string Buck, int Copy)> asked = new(2);
    private List<string>? refusedBy;
    private readonly TaskCompletionSource kick = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool kickUsed;
    private int copiesAsked;

    public SpoolRecord Record => record;

    /// <summary>Its place in the ledger; null for one that was delivered before and is sent again.</summary>
    public DeliveryLedger.Entry? Entry => entry;

    /// <summary>It was in the spool when this process started: a process before may have sent it.</summary>
    public bool MayHaveBeenSent { get; init; }

    /// <summary>How many bucks are to have it; 0 until its bytes were looked at.</summary>
    public int Copies { get; set; }

    public bool FsyncBeforeAck { get; set; }

    public BoundaryCopy BoundaryCopy { get; set; }

    /// <summary>Sealed time of a packet, 0 of a manifest.</summary>
    public ulong SealedTime { get; set; }

    /// <summary>By what time bucks judge it: that of a packet, or of the bucket in which a manifest is stored.</summary>
    public ulong BucketTime { get; set; }

    /// <summary>Some buck refused it as sealed ahead of its clock, or would.</summary>
    public bool IsRefusedAhead { get; set; }

    /// <summary>Not again before this timestamp, because all bucks refuse it; 0 for no reason to wait.</summary>
    public long RetryAt { get; set; }

    public Backoff? Retry { get; set; }

    public bool IsDelivered => Copies > 0 && having.Count >= Copies;

    public bool IsHadBySome => having.Count > 0;

    public int RefusedBy => refusedBy?.Count ?? 0;

    /// <summary>Copies that are not with anybody and not under way; one more, once, after <see cref="TryKick"/>.</summary>
    public int Missing => Math.Max(0, Copies - having.Count - asked.Count) + (kick.Task.IsCompleted && !kickUsed ? 1 : 0);

    /// <summary>Ends with <see cref="TryKick"/>.</summary>
    public Task Kicked => kick.Task;

    /// <summary>Its bucket has ended and it is not delivered: another buck is asked beside those that do not answer. Any thread; once.</summary>
    public bool TryKick() => kick.TrySetResult();

    /// <summary>Bucks that need not be asked now.</summary>
    public List<string> LeaveOut() => [.. having.Select(h => h.Buck), .. asked.Select(a => a.Buck), .. refusedBy ?? []];

    public List<string> BucksTaken() => [.. having.Select(h => h.Buck), .. asked.Select(a => a.Buck)];

    /// <summary>
    /// A buck is asked; returns the number of its copy, the least that is free, and whether somebody was asked to take that copy before: a
    /// copy 0 that nobody took is sent again as copy 0. One that was delivered before is never copy 0 again.
    /// </summary>
    public (byte Copy, bool AskedBefore) Ask(string buck)
    {
        int copy = entry is null ? 1 : 0;
        while (having.Exists(h => h.Copy == copy) || asked.Exists(a => a.Copy == copy))
            copy++;
        asked.Add((buck, copy));
        kickUsed |= asked.Count + having.Count > Copies;
        copy = Math.Min(copy, Limits.CopiesMax - 1);
        bool askedBefore = MayHaveBeenSent || (copiesAsked & (1 << copy)) != 0;
        copiesAsked |= 1 << copy;
        return ((byte)copy, askedBefore);
    }

    /// <summary>It answered, or is waited for no longer.</summary>
    public void Answered(string buck, SendResult result)
    {
        int i = asked.FindIndex(a => a.Buck == buck);
        if (result == SendResult.Taken)
            having.Add(asked[i]);
        else if (result is SendResult.RecordRefused or SendResult.AheadOfBuck)
            (refusedBy ??= []).Add(buck);
        IsRefusedAhead |= result == SendResult.AheadOfBuck;
        asked.RemoveAt(i);
    }

    /// <summary>Those who refused it may be asked again.</summary>
    public void ForgetRefusals() => refusedBy = null;
}
