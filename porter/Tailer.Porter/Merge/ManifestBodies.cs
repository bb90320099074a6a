using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>Reads manifests from the bucks. One that cannot be read in any copy is reported once and stays there.</summary>
internal sealed class ManifestBodies(RecordBodies bodies, ILogger<ManifestBodies> logger)
{
    private readonly ConcurrentDictionary<PacketId, bool> unreadable = [];

    public bool IsUnreadable(PacketId id) => unreadable.ContainsKey(id);

    /// <summary>The manifests, ascending by id, of which a good copy could be had.</summary>
    public async Task<IReadOnlyList<HeldManifest>> ReadAsync(IReadOnlyCollection<HeldRecord> records, CancellationToken stopping)
    {
        List<HeldManifest> manifests = new(records.Count);
        await bodies.ReadAsync(records, (record, body) => TryTake(record, body, manifests), stopping).ConfigureAwait(false);
        manifests.Sort((x, y) => x.Id.CompareTo(y.Id));
        return manifests;
    }

    private bool TryTake(HeldRecord record, ReadOnlyMemory<byte> body, List<HeldManifest> manifests)
    {
        if (Packet.IdOf(body.Span) != record.Id)
            return false;
        if (Manifest.TryRead(body.Span) is { } manifest)
            manifests.Add(new HeldManifest(record.Id, manifest, body.ToArray()));
        else if (unreadable.TryAdd(record.Id, true))
            PorterLog.UnreadableManifest(logger, record.Id.ToString());
        return true;
    }
}
