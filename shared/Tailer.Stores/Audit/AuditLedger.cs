using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// Compares what agents claim (manifests) with what is held (packets in bucket files, coverage of sealed segments). Feed it
/// everything, in any order and repeatedly, then ask. It reads nothing itself. Not thread-safe.
/// </summary>
public sealed class AuditLedger
{
    private readonly Dictionary<SourceId, SourceClaim> sources = [];
    private readonly Dictionary<string, AgentClaim> agents = new(StringComparer.Ordinal);

    /// <summary>A manifest, from a bucket file or a segment.</summary>
    public void AddManifest(Manifest manifest)
    {
        Agent(manifest.Agent).Add(manifest);
        foreach (ManifestSource source in manifest.Sources)
        {
            SourceClaim claim = Source(source.Id);
            claim.Describe(source.Descriptor);
            claim.Claim(source.To);
            foreach (Skip skip in source.Skips)
                claim.AddSkip(skip);
        }
    }

    /// <summary>A packet that lies whole in some bucket file.</summary>
    public void AddPacket(FrameHeader header)
    {
        Agent(header.Agent).Heard(header.SealedTime, header.BucketSeconds);
        foreach (SourceRange range in header.Sources)
        {
            SourceClaim claim = Source(range.Source);
            if (range.Descriptor is { } descriptor)
                claim.Describe(descriptor);
            if (range.HasHoles)
                claim.HoldWithHoles(range.From, range.To);
            else
                claim.Hold(range.From, range.To);
        }
    }

    /// <summary>A sealed segment: what it covers, and the manifests it keeps.</summary>
    public void AddSegment(SegmentFooter footer)
    {
        foreach (SegmentSource source in footer.Sources)
        {
            SourceClaim claim = Source(source.Descriptor.Id);
            claim.Describe(source.Descriptor);
            foreach (ByteRange range in source.Coverage)
                claim.Hold(range.From, range.To);
        }
        foreach (byte[] bytes in footer.Manifests)
        {
            if (Manifest.TryRead(bytes) is { } manifest)
                AddManifest(manifest);
        }
    }

    /// <summary>The state of everything added, as of <paramref name="now"/>.</summary>
    public AuditReport Report(ulong now)
    {
        HashSet<(string Agent, string Host, string Path)> repeats =
            [.. agents.SelectMany(agent => agent.Value.PossibleRepeats(), (agent, file) => (agent.Key, file.Host, file.Path))];
        IEnumerable<FileAudit> files =
            from claim in sources.Values
            where claim.Descriptor is not null
            group claim by (claim.Descriptor!.Host, claim.Descriptor.Path, claim.Descriptor.Agent) into file
            orderby file.Key.Host, file.Key.Path, file.Key.Agent
            select Audit(file.Key.Host, file.Key.Path, file.Key.Agent, [.. file]) with { MayRepeat = repeats.Contains((file.Key.Agent, file.Key.Host, file.Key.Path)) };
        IEnumerable<AgentAudit> heard =
            from agent in agents
            orderby agent.Key
            select agent.Value.Audit(agent.Key, now);
        return new AuditReport([.. heard], [.. files]);
    }

    private static FileAudit Audit(string host, string path, string agent, SourceClaim[] claims)
    {
        Dictionary<SourceId, SourceClaim> byId = claims.ToDictionary(claim => claim.Descriptor!.Id);
        IReadOnlyList<SourceDescriptor> chain = SourceChain.Order(claims.Select(claim => claim.Descriptor!));
        ulong held = 0;
        var gaps = new List<FileGap>();
        var dropped = new List<FileGap>();
        foreach (SourceDescriptor source in chain)
        {
            held += byId[source.Id].HeldBytes;
            gaps.AddRange(byId[source.Id].Gaps());
            dropped.AddRange(byId[source.Id].Dropped());
        }
        return new FileAudit(host, path, agent, chain, held, gaps, dropped);
    }

    private SourceClaim Source(SourceId id)
    {
        if (!sources.TryGetValue(id, out SourceClaim? claim))
            sources.Add(id, claim = new SourceClaim());
        return claim;
    }

    private AgentClaim Agent(string name)
    {
        if (!agents.TryGetValue(name, out AgentClaim? claim))
            agents.Add(name, claim = new AgentClaim());
        return claim;
    }
}
