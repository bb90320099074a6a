using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>One agent's side of the ledger: its manifests as a chain over time.</summary>
internal sealed class AgentClaim
{
    /// <summary>Buckets that may pass without word before an agent is called silent: one to close, one to be late, one to spare.</summary>
    private const ulong SilentBuckets = 3;

    /// <summary>
    /// By what they cover. An agent whose state was lost, and that starts again within a bucket, covers that bucket a second time; further parts of one
    /// manifest cover nothing. Epoch and number tell these apart, and from copies.
    /// </summary>
    private readonly SortedDictionary<(ulong From, ulong To, ulong SealedTime, EpochId Epoch, ulong Number), Manifest> manifests = [];
    private ulong heardUntil;
    private ulong bucketWidth = LogTime.PerMinute;

    public void Add(Manifest manifest)
    {
        manifests[(manifest.CoversFrom, manifest.CoversTo, manifest.SealedTime, manifest.Epoch, manifest.Number)] = manifest;
        Heard(manifest.CoversTo, manifest.BucketSeconds);
    }

    public void Heard(ulong time, int bucketSeconds)
    {
        if (time < heardUntil)
            return;
        heardUntil = time;
        bucketWidth = (ulong)bucketSeconds * LogTime.PerSecond;
    }

    public AgentAudit Audit(string agent, ulong now)
    {
        Manifest? newest = manifests.Values.MaxBy(manifest => (manifest.CoversTo, manifest.SealedTime, manifest.Flags.HasFlag(ManifestFlags.StateLost)));
        AgentState state = newest switch
        {
            { } m when m.Flags.HasFlag(ManifestFlags.Retired) => AgentState.Retired,
            { } m when m.Flags.HasFlag(ManifestFlags.Goodbye) && heardUntil <= m.CoversTo => AgentState.Stopped,
            _ when heardUntil + (SilentBuckets * bucketWidth) < now => AgentState.Silent,
            _ => AgentState.Current,
        };
        return new AgentAudit(agent, newest?.Host ?? agent, state, heardUntil, Holes());
    }

    /// <summary>Files of it that may be held twice, since its state was lost.</summary>
    public IReadOnlySet<(string Host, string Path)> PossibleRepeats() => Stores.PossibleRepeats.Find(manifests.Values);

    private List<ManifestHole> Holes()
    {
        var holes = new List<ManifestHole>();
        ulong end = 0;
        foreach (Manifest manifest in manifests.Values)
        {
            if (end > 0 && manifest.CoversFrom > end && !manifest.Flags.HasFlag(ManifestFlags.StateLost))
                holes.Add(new ManifestHole(end, manifest.CoversFrom));
            end = Math.Max(end, manifest.CoversTo);
        }
        return holes;
    }
}
