using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>
/// From held packets to a segment's events: reads one good copy of each into an <see cref="EventMerge"/>. Remembers which packets
/// cannot be decoded, so that they are reported once and not read again and again; they stay at the bucks.
/// </summary>
internal sealed class PacketMerge(RecordBodies bodies, PorterMetrics metrics, ILogger<PacketMerge> logger)
{
    private readonly ConcurrentDictionary<PacketId, bool> unreadable = [];

    public bool IsUnreadable(PacketId id) => unreadable.ContainsKey(id);

    /// <summary>Adds the packets to the merge; returns those of which no copy could be had now.</summary>
    public async Task<IReadOnlyList<HeldRecord>> AddAsync(EventMerge merge, IReadOnlyCollection<HeldRecord> packets, CancellationToken stopping) =>
        await bodies.ReadAsync(packets, (record, body) => TryAdd(merge, record, body), stopping).ConfigureAwait(false);

    private bool TryAdd(EventMerge merge, HeldRecord record, ReadOnlyMemory<byte> body)
    {
        if (Packet.IdOf(body.Span) != record.Id)
            return false;
        // The id fits, so every copy is as this one: what cannot be read here cannot be read anywhere.
        string? error = Packet.TryRead(body, out FrameError frameError) is not { } packet ? frameError.ToString()
            : merge.Add(packet) is not BlockError.None and var blockError ? blockError.ToString()
            : null;
        if (error is not null && unreadable.TryAdd(record.Id, true))
        {
            metrics.UnreadablePackets.Add(1);
            PorterLog.UnreadablePacket(logger, record.Id.ToString(), error);
        }
        return true;
    }
}
