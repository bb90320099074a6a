using Tailer.Blocks;
using Tailer.Wire;
using Manifest = Tailer.Blocks.Manifest;

namespace Tailer.Cli.Reach;

/// <summary>What the bucks hold, without bodies: every packet once, with the places of its copies, and every manifest.</summary>
internal sealed class BuckInventory(BuckSet bucks)
{
    private const int FilesPerAnswer = 2000;
    private const int ListBytes = 1 << 20;

    private readonly Dictionary<PacketId, HeldPacket> packets = [];
    private readonly Dictionary<PacketId, Manifest?> manifests = [];
    private readonly List<string> troubles = [];
    private readonly Lock gate = new();

    public IReadOnlyCollection<HeldPacket> Packets => packets.Values;

    public IEnumerable<Manifest> Manifests => manifests.Values.OfType<Manifest>();

    /// <summary>Bucks that failed while they were asked, and damage met: a line each.</summary>
    public IReadOnlyList<string> Troubles => troubles;

    /// <summary>Lists all bucks. Repeating it adds what has come since.</summary>
    /// <param name="withManifests">Also reads manifests that were not there before.</param>
    /// <param name="cancel">Stops it.</param>
    public Task ListAsync(bool withManifests, CancellationToken cancel) =>
        Task.WhenAll(bucks.Connected.Select(buck => ListAsync(buck, withManifests, cancel)));

    /// <summary>A packet's frame from the first place that still has it, whole; null when none has.</summary>
    public async Task<Packet?> ReadAsync(HeldPacket packet, CancellationToken cancel)
    {
        foreach ((BuckConnection buck, BucketFileName file, RecordPosition position) in packet.Places)
        {
            try
            {
                byte[]? frame = await ReadAsync(buck, file, position, packet.Id, cancel).ConfigureAwait(false);
                if (frame is not null && Packet.TryRead(frame, out _) is { } whole && whole.Id == packet.Id)
                    return whole;
            }
            catch (WireException e)
            {
                Trouble($"buck {buck.Name}: {e.Message}");
            }
        }

        return null;
    }

    private async Task ListAsync(BuckConnection buck, bool withManifests, CancellationToken cancel)
    {
        try
        {
            ulong from = 0;
            Buckets answer;
            do
            {
                answer = await buck.ListBucketsAsync(new ListBuckets(from, ulong.MaxValue, FilesPerAnswer), cancel).ConfigureAwait(false);
                foreach (BucketListing file in answer.Files)
                    await ListAsync(buck, file.File, withManifests, cancel).ConfigureAwait(false);
                from = answer.Files.Count == 0 ? from : answer.Files[^1].File.Start + 1;
            }
            while (answer.Truncated && answer.Files.Count > 0);
        }
        catch (WireException e)
        {
            Trouble($"buck {buck.Name}: {e.Message}");
        }
    }

    private async Task ListAsync(BuckConnection buck, BucketFileName file, bool withManifests, CancellationToken cancel)
    {
        long position = 0;
        RecordList answer;
        do
        {
            answer = await buck.ListAsync(new ListRecords(file, position, ListBytes), cancel).ConfigureAwait(false);
            foreach (RecordListing record in answer.Records)
            {
                if (record.Type == (byte)RecordType.Packet)
                    NotePacket(buck, file, record);
                else if (withManifests && record.Type == (byte)RecordType.Manifest)
                    await NoteManifestAsync(buck, file, record, cancel).ConfigureAwait(false);
            }

            position = answer.Next;
        }
        while (!answer.AtEnd && !answer.Absent);
    }

    private void NotePacket(BuckConnection buck, BucketFileName file, RecordListing record)
    {
        if (FrameHeader.TryRead(record.Header.Span, out FrameHeader? header) != FrameError.None)
        {
            Trouble($"buck {buck.Name}: damaged record at {record.Position} of bucket {file}");
            return;
        }

        lock (gate)
        {
            if (!packets.TryGetValue(record.Id, out HeldPacket? packet))
                packets.Add(record.Id, packet = new HeldPacket(record.Id, header!));
            var place = (buck, file, new RecordPosition(record.Position, record.BodyBytes));
            if (!packet.Places.Contains(place))
                packet.Places.Add(place);
        }
    }

    private async Task NoteManifestAsync(BuckConnection buck, BucketFileName file, RecordListing record, CancellationToken cancel)
    {
        lock (gate)
        {
            if (!manifests.TryAdd(record.Id, null))
                return;
        }

        byte[]? bytes = await ReadAsync(buck, file, new RecordPosition(record.Position, record.BodyBytes), record.Id, cancel).ConfigureAwait(false);
        Manifest? manifest = bytes is null ? null : Manifest.TryRead(bytes);
        lock (gate)
        {
            // Pruned in between, or damaged here: another buck's copy gets its chance.
            if (manifest is null)
                manifests.Remove(record.Id);
            else
                manifests[record.Id] = manifest;
        }
    }

    private static async Task<byte[]?> ReadAsync(BuckConnection buck, BucketFileName file, RecordPosition position, PacketId id, CancellationToken cancel)
    {
        byte[]? body = null;
        await using ReplyBatches<Records> batches = await buck.ReadAsync(new ReadRecords(file, [position], []), cancel).ConfigureAwait(false);
        await foreach (Records batch in batches.WithCancellation(cancel).ConfigureAwait(false))
        {
            foreach (RecordContent record in batch.Items)
            {
                // A file that was pruned and begun anew has other records at the old positions.
                if (record.Status == RecordStatus.Ok && record.Id == id)
                    body = record.Body.ToArray();
            }
        }

        return body;
    }

    private void Trouble(string text)
    {
        lock (gate)
        {
            if (!troubles.Contains(text))
                troubles.Add(text);
        }
    }
}
