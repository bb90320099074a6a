using System.Buffers.Binary;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>Lists and reads records of bucket files, also while they grow.</summary>
internal sealed class RecordServer(BucketStore store, BucketLister lister, DamageBook damage, Scrub scrub)
{
    /// <summary>Holds the header of nearly every frame; larger ones take a second read.</summary>
    private const int HeaderReadBytes = 4096;

    public RecordList List(ListRecords list)
    {
        using IDiskFile? file = lister.Find(list.File) is { } found ? found.OpenRead() : null;
        // A position behind the end is of a file that is gone: this one has begun anew.
        if (file is null || list.Since > file.Length)
            return new RecordList(0, AtEnd: true, Absent: true, []);
        List<RecordPlace> places = BucketWalk.Places(file, out long end, list.Since, WireLimits.RecordsMax);
        var records = new List<RecordListing>(places.Count);
        int bytes = 0;
        foreach (RecordPlace place in places)
        {
            byte[] header = place.Type == RecordType.Packet ? HeaderOf(file, place) : [];
            bytes += RecordListing.OverheadBytesMax + header.Length;
            if (records.Count > 0 && bytes > Math.Min(list.BytesMax, WireLimits.FrameBytesMax))
                return new RecordList(place.Position, AtEnd: false, Absent: false, records);
            records.Add(new RecordListing(place.Position, place.BodyBytes, (byte)place.Type, 0, place.Id, header));
        }
        return new RecordList(end, AtEnd: places.Count < WireLimits.RecordsMax, Absent: false, records);
    }

    /// <summary>What a porter should bring the other copy of.</summary>
    public Damaged ListDamaged() => new([.. damage.List().Select(record => new DamagedRecord(lister.NameOf(record.File), record.Id))]);

    public async ValueTask ReadAsync(ReadRecords read, BatchSender batches)
    {
        BucketFile? found = lister.Find(read.File);
        using IDiskFile? file = found is { } there ? there.OpenRead() : null;
        using var buffer = new RecordBuffer();
        using var batch = new RecordBatch(batches);
        foreach (RecordPosition position in read.Positions)
            await ReadOneAsync(file, found, position, default, buffer, batch).ConfigureAwait(false);
        if (read.Ids.Count > 0)
        {
            Dictionary<PacketId, RecordPosition> places = PlacesOf(found);
            foreach (PacketId id in read.Ids)
                await ReadOneAsync(file, found, places.TryGetValue(id, out RecordPosition place) ? place : null, id, buffer, batch).ConfigureAwait(false);
        }
        await batch.FlushAsync().ConfigureAwait(false);
        await batches.EndAsync(new End(batch.Sent)).ConfigureAwait(false);
    }

    private async ValueTask ReadOneAsync(IDiskFile? file, BucketFile? found, RecordPosition? place, PacketId wanted, RecordBuffer buffer, RecordBatch batch)
    {
        RecordStatus status = RecordStatus.Absent;
        if (file is not null && place is { } at && buffer.TryRead(file, at.Position, at.BodyBytes))
            status = Packet.IdOf(buffer.Body.Span) == buffer.Record.Id ? RecordStatus.Ok : RecordStatus.Damaged;
        if (status == RecordStatus.Damaged)
            scrub.Damaged(found!.Value, buffer.Record.Id, place!.Value.Position, place.Value.Position + RecordHeader.Bytes + place.Value.BodyBytes);
        if (status == RecordStatus.Ok)
            await batch.AddAsync(status, place!.Value.Position, buffer.Record, buffer.Body).ConfigureAwait(false);
        else
            await batch.AddAsync(status, place?.Position ?? 0, new RecordHeader(0, wanted, 0), default).ConfigureAwait(false);
    }

    /// <summary>The last record of an id wins: it may have come to replace a damaged one.</summary>
    private Dictionary<PacketId, RecordPosition> PlacesOf(BucketFile? found)
    {
        var places = new Dictionary<PacketId, RecordPosition>();
        foreach (RecordPlace place in found is { } file ? store.Facts(file)?.Records ?? [] : [])
            places[place.Id] = new RecordPosition(place.Position, place.BodyBytes);
        return places;
    }

    /// <summary>The first H bytes of the frame; empty when they are damaged, which a READ will then say.</summary>
    private static byte[] HeaderOf(IDiskFile file, RecordPlace place)
    {
        byte[] start = ReadStart(file, place, Math.Min(HeaderReadBytes, place.BodyBytes));
        if (start.Length < FrameHeader.FixedBytes)
            return [];
        uint headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (headerBytes > place.BodyBytes)
            return [];
        if (headerBytes > start.Length)
            start = ReadStart(file, place, (int)headerBytes);
        return FrameHeader.TryRead(start, out _) == FrameError.None ? start[..(int)headerBytes] : [];
    }

    private static byte[] ReadStart(IDiskFile file, RecordPlace place, int count)
    {
        byte[] bytes = new byte[count];
        return file.ReadFully(bytes, place.Position + RecordHeader.Bytes) == count ? bytes : [];
    }
}
