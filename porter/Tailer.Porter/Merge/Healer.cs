using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>Brings each buck whole copies, from the others, of the records that it knows to be damaged.</summary>
internal sealed class Healer(BuckFleet fleet, PorterMetrics metrics, ILogger<Healer> logger)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        foreach (IBuck buck in fleet.Bucks)
        {
            try
            {
                foreach (IGrouping<ulong, DamagedRecord> bucket in (await buck.ListDamagedAsync(stopping).ConfigureAwait(false)).GroupBy(record => record.File.Start))
                    await HealAsync(buck, bucket.Key, [.. bucket.Select(record => record.Id)], stopping).ConfigureAwait(false);
            }
            catch (BuckException)
            {
                // Down, or older than this question; the listing of buckets reports the former, and the next round asks again.
            }
        }
    }

    private async Task HealAsync(IBuck buck, ulong bucket, IReadOnlyList<PacketId> ids, CancellationToken stopping)
    {
        HashSet<PacketId> open = [.. ids];
        foreach (HeldFile file in fleet.Latest.Files.Where(file => file.Start == bucket && file.Buck != buck))
        {
            if (open.Count == 0)
                return;
            foreach ((PacketId id, ReadOnlyMemory<byte> body) in await ReadAsync(file, [.. open], stopping).ConfigureAwait(false))
            {
                // The buck checks the bytes as it does with every packet.
                if (!await buck.HealAsync(id, body, stopping).ConfigureAwait(false))
                    continue;
                open.Remove(id);
                metrics.HealedCopies.Add(1);
                PorterLog.Healed(logger, buck.Name, id.ToString(), file.Buck.Name);
            }
        }
    }

    /// <summary>Whole bodies of those the file has; none when its buck does not answer.</summary>
    private static async Task<IReadOnlyList<(PacketId, ReadOnlyMemory<byte>)>> ReadAsync(HeldFile file, IReadOnlyList<PacketId> ids, CancellationToken stopping)
    {
        var bodies = new List<(PacketId, ReadOnlyMemory<byte>)>();
        try
        {
            // One at a time: a frame is up to a megabyte, and there are few.
            foreach (PacketId id in ids)
            {
                if (await file.Buck.ReadAsync(file.Listing.File, id, stopping).ConfigureAwait(false) is { } body && Packet.IdOf(body.Span) == id)
                    bodies.Add((id, body));
            }
        }
        catch (BuckException)
        {
        }
        return bodies;
    }
}
