using Tailer.Blocks;
using Tailer.Cli.Show;
using Tailer.Cli.Verify;
using Tailer.Disk;

namespace Tailer.Cli.Inspect;

/// <summary>Describes a bucket file of a buck or of an agent's spool, as much of it as can be read.</summary>
internal sealed class BucketInspection(InspectOptions options, ProgressLine progress)
{
    private readonly BlockDescription blocks = new(options.AllBlocks);
    private readonly SourceBook sources = new(options.AllSources);
    private readonly Sheet packets = PacketSheet.Create(options.AllPackets);
    private readonly Sheet manifests = ManifestSheet.Create(options.AllPackets, inRecords: true);
    private readonly SortedSet<string> agents = new(StringComparer.Ordinal);
    private readonly SortedSet<string> buckets = new(StringComparer.Ordinal);
    private long storedBytes;
    private long healed;
    private ulong timeMin = ulong.MaxValue;
    private ulong timeMax;

    public void Run(IDiskFile file, Description into, CancellationToken cancel)
    {
        new BucketProof(file, into.Proof, progress).Run((record, block) => Add(record, block, into.Events), cancel);
        FileProof proof = into.Proof;
        into.Add("buckets", "bucket", Cell.List(buckets));
        into.Add("records", "records", new Cell($"{Quantity.Count(packets.Rows.Count, "packet")}, {Quantity.Count(manifests.Rows.Count, "manifest")}{(healed > 0 ? $", {Quantity.Number(healed)} of them healed" : "")}", proof.Parts));
        into.Add("agents", "agents", new Cell(Printable.Of(string.Join(", ", agents)), agents));
        into.Add("events", "events", Cell.Number(proof.Events));
        into.Add("rawBytes", "raw bytes", new Cell($"{Quantity.Bytes(proof.RawBytes)} ({Quantity.Number(proof.RawBytes)}), {Cell.Ratio(proof.RawBytes, storedBytes).Text} times their packets", proof.RawBytes));
        if (proof.Events > 0)
        {
            into.Add("eventTimeMin", "times", new Cell($"{Quantity.Time(timeMin)} to {Quantity.TimeAfter(timeMax, timeMin)} UTC", LogTime.Format(timeMin)));
            into.Add("eventTimeMax", "", new Cell("", LogTime.Format(timeMax)));
            blocks.Summarize(into);
        }
        into.Sheets.Add(packets);
        into.Sheets.Add(manifests);
        into.Sheets.Add(sources.ToSheet());
    }

    private void Add(BucketRecord record, DecodedBlock block, List<EventSample> events)
    {
        healed += record.Header.Healed ? 1 : 0;
        if (record.Header.Type == RecordType.Manifest)
        {
            ManifestSheet.Add(manifests, record.Position, record.Header.Id, record.Manifest, record.Wrong);
            if (record.Manifest is { } manifest)
                agents.Add(manifest.Agent);
            return;
        }
        if (record.Frame is { } frame)
        {
            agents.Add(frame.Agent);
            buckets.Add($"{Quantity.Time(frame.Bucket)[..^4]} UTC, {frame.BucketSeconds} s");
            Count(frame, block, record.Wrong is null && !record.IsRepeat, events);
        }
        PacketSheet.Add(packets, record, sources);
    }

    /// <summary>Sources are met in damaged packets too; bytes and events are counted once, from whole ones.</summary>
    private void Count(FrameHeader frame, DecodedBlock block, bool counts, List<EventSample> events)
    {
        foreach (SourceRange range in frame.Sources)
            sources.Add(range.Source, range.Descriptor, counts ? range.Events : 0, counts && range.To > range.From ? [new ByteRange(range.From, range.To)] : []);
        if (!counts)
            return;
        storedBytes += frame.FrameBytes;
        timeMin = Math.Min(timeMin, frame.EventTimeMin);
        timeMax = Math.Max(timeMax, frame.EventTimeMax);
        blocks.Count(block);
        PacketEvents.Sample(frame, block, sources, events, options.Events);
    }
}
