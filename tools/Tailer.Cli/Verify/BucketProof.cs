using Tailer.Blocks;
using Tailer.Cli.Show;
using Tailer.Disk;

namespace Tailer.Cli.Verify;

/// <summary>Is told of every record with a whole header, in the order of the file; the block is that of a packet, or empty.</summary>
internal delegate void RecordSeen(BucketRecord record, DecodedBlock block);

/// <summary>
/// Proves a bucket file, also while a buck or an agent appends to it: every record, the packet or manifest in it, its id and its block.
/// One record in memory at a time, and the ids of all. Throws <see cref="IOException"/> when the disk does.
/// </summary>
internal sealed class BucketProof(IDiskFile file, FileProof proof, ProgressLine progress)
{
    private const string OtherCopies = "other bucks, and the agent's spool while it keeps them, may have copies of what was here";

    /// <summary>Packets named of one damaged range.</summary>
    private const int SalvageNamedMax = 10;

    private readonly Dictionary<PacketId, long> whole = [];
    private readonly List<(PacketId Id, Finding Finding)> damaged = [];
    private ulong? bucket;

    public void Run(RecordSeen? seen, CancellationToken cancel)
    {
        proof.Kind = "bucket file";
        proof.Advice = "nothing by hand while another copy exists: the porter takes the packet from another buck, or has the agent send it again, and heals this one. tailer audit says whether anything is missing. Check this disk";
        bucket = BucketOfName();
        using var reader = new BucketFileReader(file);
        using var packets = new PacketProof();
        long length;
        do
        {
            length = file.Length;
            ReadRecords(reader, packets, seen, cancel);
        }
        while (file.Length > length);
        proof.FileBytes = length;
        foreach ((long from, long to) in reader.Damage)
            proof.Add(new Finding(from, to, $"{to - from} bytes are no record", Meaning(from, to)));
        AddDamaged();
        if (reader.Position < length)
            AddTail(reader.Position, length);
    }

    private void ReadRecords(BucketFileReader reader, PacketProof packets, RecordSeen? seen, CancellationToken cancel)
    {
        while (reader.TryReadNext())
        {
            cancel.ThrowIfCancellationRequested();
            progress.Report(reader.RecordPosition);
            proof.Parts++;
            BucketRecord record = reader.Header.Type == RecordType.Manifest ? ReadManifest(reader) : ReadPacket(reader, packets);
            seen?.Invoke(record, packets.Block);
        }
    }

    private BucketRecord ReadPacket(BucketFileReader reader, PacketProof packets)
    {
        FrameHeader? frame = null;
        Finding? finding = reader.Header.Type == RecordType.Packet
            ? packets.Check(reader.Body, reader.Header.Id, out frame)
            : new Finding(0, reader.Body.Length, $"a record of type {(int)reader.Header.Type}, which this program does not know", "written by a newer version, or damaged");
        if (finding is null && frame is not null)
            finding = InBucket(frame.Bucket, reader.Body.Length, "packet");
        return Conclude(reader, finding, frame, null);
    }

    private BucketRecord ReadManifest(BucketFileReader reader)
    {
        Manifest? manifest = Manifest.TryRead(reader.Body.Span);
        PacketId id = Packet.IdOf(reader.Body.Span);
        int bytes = reader.Body.Length;
        Finding? finding = manifest is null
            ? new Finding(0, bytes, "a manifest that cannot be read", "the audit takes it from another copy; its agent repeats it once, with the next")
            : id != reader.Header.Id
                ? new Finding(0, bytes, $"a manifest with the id {id}, its record says {reader.Header.Id}", "it is whole, but not the one that was stored here")
                : InBucket(manifest.Bucket, bytes, "manifest");
        return Conclude(reader, finding, null, manifest);
    }

    /// <summary>The finding's bytes are from the body's first on.</summary>
    private BucketRecord Conclude(BucketFileReader reader, Finding? finding, FrameHeader? frame, Manifest? manifest)
    {
        PacketId id = reader.Header.Id;
        bool isRepeat = false;
        if (finding is null)
        {
            isRepeat = !whole.TryAdd(id, reader.RecordPosition);
            proof.Events += isRepeat ? 0 : frame?.Events ?? 0;
            proof.RawBytes += isRepeat ? 0 : frame?.RawBytes ?? 0;
            if (isRepeat)
                proof.Note($"record at byte {reader.RecordPosition} is stored a second time; the first is at byte {whole[id]}");
        }
        else
        {
            proof.DamagedParts++;
            long body = reader.RecordPosition + RecordHeader.Bytes;
            if (damaged.Count < 2 * FileProof.FindingsMax)
                damaged.Add((id, finding with { From = body + finding.From, To = body + finding.To }));
            else
                proof.Add(finding with { From = body + finding.From, To = body + finding.To });
        }
        return new BucketRecord(reader.RecordPosition, reader.Header, frame, manifest, isRepeat, finding?.What);
    }

    /// <summary>What is damaged in one record and whole in another is not lost: a buck puts the healed copy behind.</summary>
    private void AddDamaged()
    {
        foreach ((PacketId id, Finding finding) in damaged)
        {
            if (whole.TryGetValue(id, out long healed))
                proof.Note($"bytes {finding.From}..{finding.To}: {finding.What}; healed by the copy at byte {healed}");
            else
                proof.Add(finding);
        }
    }

    private void AddTail(long from, long to)
    {
        byte[] start = FileBytes.Read(file, from, RecordHeader.Bytes);
        long bytes = to - from;
        if (RecordHeader.TryRead(start, out RecordHeader header))
        {
            proof.Add(new Finding(
                from, to, $"torn record: {bytes} of its {header.RecordBytes} bytes",
                "a crash while it was written, or it is being written now: look again. Its writer cuts it at the next start; it was not acknowledged unless the power failed after"));
            return;
        }
        bool isZero = IsZero(from, to);
        proof.Add(new Finding(from, to, isZero ? $"{bytes} zero bytes at the end" : $"{bytes} bytes at the end are no record", isZero
            ? $"what a file system leaves when the power fails before the data is written; {OtherCopies}"
            : Meaning(from, to)));
    }

    /// <summary>A packet in it may be whole, when only its record's header was hit.</summary>
    private string Meaning(long from, long to)
    {
        string[] found = [.. FrameSalvage.Find(file, from, to).Take(SalvageNamedMax)
            .Select(f => $"packet {f.Header.Number} of agent {Printable.Of(f.Header.Agent)} lies whole at byte {f.Position}")];
        return found.Length == 0 ? OtherCopies : $"{string.Join(", ", found)}, but without a record nobody finds it; {OtherCopies}";
    }

    private bool IsZero(long from, long to)
    {
        const int ChunkBytes = 64 * 1024;
        for (long at = from; at < to; at += ChunkBytes)
        {
            if (FileBytes.Read(file, at, (int)Math.Min(ChunkBytes, to - at)).AsSpan().ContainsAnyExcept((byte)0))
                return false;
        }
        return true;
    }

    private Finding? InBucket(ulong start, int bytes, string what) => bucket is null || bucket == start
        ? null
        : new Finding(0, bytes, $"a {what} of the bucket {Quantity.Time(start)} UTC", $"the file is that of {Quantity.Time(bucket.Value)} UTC: it was renamed, or the packet was stored in the wrong place");

    private ulong? BucketOfName()
    {
        string full = Path.GetFullPath(file.Path);
        string day = Path.GetFileName(Path.GetDirectoryName(full)) ?? "";
        return Names.TryParseBucket(day, Path.GetFileName(full), out ulong start) ? start : null;
    }
}
