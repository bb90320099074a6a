namespace Tailer.Agent;

/// <summary>How packets are shipped.</summary>
internal sealed record ShipOptions
{
    /// <summary>An answer that takes longer is not waited for: another buck gets the packet. The late answer does no harm.</summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bucks that get each manifest.</summary>
    public int ManifestCopies { get; init; } = 2;

    /// <summary>Some source asks for a copy of whole buckets.</summary>
    public bool CopiesWholeBuckets { get; init; }

    /// <summary>A record that every buck refuses for its content is given up when it is this old.</summary>
    public TimeSpan RefusedAgeMax { get; init; } = TimeSpan.FromHours(48);
}
