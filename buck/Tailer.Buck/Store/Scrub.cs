using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// Reads a bucket file and checks every record in it. What is damaged and named goes into the book, for a porter to bring the other copy; a
/// body that is whole behind a damaged header is stored again from here. Throws <see cref="IOException"/>.
/// </summary>
internal sealed class Scrub(BucketStore store, DamageBook book, ILogger<Scrub> logger)
{
    /// <summary>Returns the bytes read; <paramref name="paced"/> is called with those of each record and may wait.</summary>
    public long Run(BucketFile bucket, Action<int>? paced = null)
    {
        using IDiskFile? file = bucket.OpenRead();
        if (file is null)
        {
            book.Forget(bucket);
            return 0;
        }
        // What is being written behind this is not looked at. Without a writer all of it is there to stay.
        long length = store.FindOpen(bucket)?.LengthBytes ?? file.Length;
        var good = new HashSet<PacketId>();
        var bad = new List<(PacketId Id, long From, long To)>();
        using var reader = new BucketFileReader(file);
        while (reader.Position < length && reader.TryReadNext())
        {
            paced?.Invoke(reader.Header.RecordBytes);
            BuckMetrics.ScrubbedBytes.Add(reader.Header.RecordBytes);
            if (Packet.IdOf(reader.Body.Span) == reader.Header.Id)
                good.Add(reader.Header.Id);
            else
                bad.Add((reader.Header.Id, reader.RecordPosition, reader.Position));
        }
        foreach ((PacketId id, long from, long to) in bad)
        {
            if (good.Contains(id))
                book.Remove(bucket.Key, id);
            else
                Damaged(bucket, id, from, to);
        }
        foreach ((long from, long to) in reader.Damage)
            Salvage(file, bucket, from, to, good);
        if (reader.Position < length)
            Salvage(file, bucket, reader.Position, length, good);
        return length;
    }

    /// <summary>Also called by who met the damage while reading.</summary>
    public void Damaged(BucketFile bucket, PacketId id, long from, long to)
    {
        if (!book.Add(bucket, id))
            return;
        BuckMetrics.DamagedRecords.Add(1, new KeyValuePair<string, object?>("what", "body"));
        BuckLog.DamagedRecord(logger, bucket.ToString(), from, to, id);
    }

    private void Salvage(IDiskFile file, BucketFile bucket, long from, long to, HashSet<PacketId> good)
    {
        int saved = 0;
        foreach ((RecordType type, byte[] body) in RecordSalvage.Bodies(file, from, to))
        {
            PacketId id = Packet.IdOf(body);
            if (!good.Contains(id) && store.Append(bucket.Key, type, id, body, healed: true).Outcome == StoreOutcome.Stored)
                saved++;
        }
        if (saved == 0)
            return;
        BuckMetrics.DamagedRecords.Add(1, new KeyValuePair<string, object?>("what", "header"));
        BuckLog.Salvaged(logger, bucket.ToString(), from, to, saved);
    }
}
