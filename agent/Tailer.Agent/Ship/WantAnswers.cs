using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>Packets that a porter misses, sent again from the spool. Bounded: porters ask again, so what does not fit is only late.</summary>
internal sealed class WantAnswers(SpoolStore spool, RecordSender sender, ShipCounters counters, ILogger log)
{
    /// <summary>Four WANTs at their longest.</summary>
    private const int IdsMax = 16_384;

    private readonly Channel<PacketId> wanted = Channel.CreateBounded<PacketId>(new BoundedChannelOptions(IdsMax) { FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Any thread; quick.</summary>
    public void Accept(Want want)
    {
        int dropped = want.Ids.Count(id => !wanted.Writer.TryWrite(id));
        if (dropped > 0)
            ShipLog.WantDropped(log, dropped);
    }

    public async Task Run(CancellationToken stop)
    {
        while (await wanted.Reader.WaitToReadAsync(stop))
        {
            var ids = new HashSet<PacketId>();
            while (wanted.Reader.TryRead(out PacketId id))
                ids.Add(id);
            int asked = ids.Count;
            using var cursor = new SpoolCursor(spool.Files, default, log);
            SpoolMark end = spool.End;
            while (ids.Count > 0 && cursor.TryNext(end) is { } record)
            {
                if (!ids.Remove(record.Id))
                    continue;
                counters.WasWanted();
                await sender.Begin(new Delivery(record, entry: null), RecordBody.CopyOf(cursor.Body), stop);
            }
            ShipLog.WantAnswered(log, asked - ids.Count, asked);
        }
    }
}
