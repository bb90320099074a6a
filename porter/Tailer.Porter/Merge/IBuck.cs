using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>
/// A buck as the porter asks it. Every call may be repeated, may be made from several threads at once, and throws
/// <see cref="BuckException"/> when the buck cannot be reached or does not answer as it should.
/// </summary>
internal interface IBuck
{
    string Name { get; }

    /// <summary>All bucket files the buck has now.</summary>
    Task<IReadOnlyList<BucketListing>> ListBucketsAsync(CancellationToken stopping);

    /// <summary>Records of a bucket file from a position on; ask again from <see cref="RecordPage.Next"/> until it is at the end.</summary>
    Task<RecordPage> ListAsync(BucketFileName file, long since, CancellationToken stopping);

    /// <summary>
    /// Reads bodies. <paramref name="take"/> is called for each position in turn, with an empty body unless the status is Ok; the body is
    /// valid during the call and was not checked.
    /// </summary>
    Task ReadAsync(BucketFileName file, IReadOnlyList<RecordPosition> positions, Action<int, RecordStatus, ReadOnlyMemory<byte>> take, CancellationToken stopping);

    /// <summary>The body of one record of a bucket file; null when the buck has no whole copy.</summary>
    Task<ReadOnlyMemory<byte>?> ReadAsync(BucketFileName file, PacketId id, CancellationToken stopping);

    /// <summary>Records of which the buck has only a damaged copy.</summary>
    Task<IReadOnlyList<DamagedRecord>> ListDamagedAsync(CancellationToken stopping);

    /// <summary>Gives the buck a whole copy in place of a damaged one; false when it was not taken.</summary>
    Task<bool> HealAsync(PacketId id, ReadOnlyMemory<byte> body, CancellationToken stopping);

    /// <summary>Drops a bucket file if it is still as it was listed.</summary>
    Task<PruneOutcome> PruneAsync(BucketListing listed, CancellationToken stopping);

    /// <summary>Asks an agent, through this buck, to send packets again; returns to how many of its connections that went.</summary>
    Task<int> WantAsync(string agent, IReadOnlyList<PacketId> packets, CancellationToken stopping);

    /// <summary>Takes or renews a lease; null when it is ours, else the name of its holder.</summary>
    Task<string?> LeaseAsync(string name, string holder, TimeSpan lifetime, CancellationToken stopping);
}
