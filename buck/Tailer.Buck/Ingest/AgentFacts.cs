namespace Tailer.Buck;

/// <summary>What is known of an agent at one moment.</summary>
internal sealed record AgentFacts
{
    public required string Name { get; init; }
    public int Connections { get; init; }
    public ulong LastSeen { get; init; }
    public ulong LastHeartbeat { get; init; }

    /// <summary>Sealed time of the newest packet.</summary>
    public ulong LastSealed { get; init; }
    public long Packets { get; init; }

    /// <summary>How far the agent's clock is ahead of this buck's, the way of the message included.</summary>
    public double SkewSeconds { get; init; }
    public string Software { get; init; } = "";

    /// <summary>When the credential with which it connected last stops being good, or that of its issuer, whichever is first.</summary>
    public ulong CredentialExpires { get; init; }

    /// <summary>It stopped cleanly and has not come back since.</summary>
    public bool Goodbye { get; init; }
    public bool Retired { get; init; }

    /// <summary>The values of its last heartbeat, as it names them.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();
}
