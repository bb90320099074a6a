using System.Text;
using Tailer.Blocks;
using Tailer.Cli.Export;
using Tailer.Cli.Show;
using Tailer.Cli.Verify;
using Tailer.Disk;

namespace Tailer.Cli.Inspect;

/// <summary>Describes what lies alone in a file: a packet, a manifest, a block.</summary>
internal sealed class SmallInspection(InspectOptions options)
{
    private const string NoCopy = "take another copy of it";

    public void Packet(IDiskFile file, Description into)
    {
        FileProof proof = into.Proof;
        (proof.Kind, proof.Advice) = ("packet", NoCopy);
        byte[] bytes = FileBytes.ReadAll(file);
        using var packet = new PacketProof();
        Finding? finding = packet.Check(bytes, null, out FrameHeader? header);
        if (finding is not null)
            proof.Add(finding);
        if (header is null)
            return;
        AddFacts(header, Blocks.Packet.IdOf(bytes), into);
        var sources = new SourceBook(options.AllSources);
        foreach (SourceRange range in header.Sources)
            sources.Add(range.Source, range.Descriptor, range.Events, [new ByteRange(range.From, range.To)]);
        var blocks = new BlockDescription(options.AllBlocks);
        blocks.Add(header.HeaderBytes, header.PayloadBytes, packet.Block, finding?.What);
        blocks.Summarize(into);
        into.Sheets.Add(blocks.Sheet);
        into.Sheets.Add(sources.ToSheet());
        PacketEvents.Sample(header, packet.Block, sources, into.Events, options.Events);
    }

    public void Manifest(IDiskFile file, Description into)
    {
        FileProof proof = into.Proof;
        (proof.Kind, proof.Advice) = ("manifest", NoCopy);
        byte[] bytes = FileBytes.Read(file, 0, (int)Math.Min(file.Length, Limits.ManifestBytesMax + 1));
        if (Blocks.Manifest.TryRead(bytes) is not { } manifest)
        {
            proof.Add(new Finding(0, file.Length, "a manifest that cannot be read: its checksum does not fit, or it is of another version", "what its agent said it sent cannot be told from this copy"));
            return;
        }
        Sheet row = ManifestSheet.Create(true, inRecords: false);
        ManifestSheet.Add(row, null, Blocks.Packet.IdOf(bytes), manifest, null);
        into.Sheets.Add(row);
        var claims = new Sheet(
            "claims", "what it says of sources", "--sources", options.AllSources,
            new("source", "source"), new("from", "from"), new("to", "to"), new("events", "events"), new("skips", "skipped"), new("path", "path"));
        foreach (ManifestSource source in manifest.Sources)
        {
            string[] skips = [.. source.Skips.Select(s => $"{s.From}..{s.To} {SkipText.Of(s.Reason)}")];
            claims.Add(
                Cell.Id(source.Id.ToString(), options.AllSources), Cell.Offset((long)source.From), Cell.Offset((long)source.To), Cell.Number(source.Events),
                new Cell(string.Join(", ", skips), skips), Cell.Of(source.Descriptor.Path));
        }
        into.Sheets.Add(claims);
        var packets = new Sheet("packets", "packets", "--packets", options.AllPackets, new Column("id", "packet"));
        foreach (PacketId id in manifest.Packets)
            packets.Add(Cell.Of(id.ToString()));
        into.Sheets.Add(packets);
    }

    /// <summary>Its container is not there: sources are numbers only.</summary>
    public void Block(IDiskFile file, Description into)
    {
        into.Proof.Kind = "block";
        byte[] bytes = FileBytes.ReadAll(file);
        using var block = new DecodedBlock();
        block.TryDecode(bytes, Limits.FrameSourcesMax);
        into.Proof.Events = block.Count;
        var blocks = new BlockDescription(options.AllBlocks);
        blocks.Add(0, bytes.Length, block, null);
        blocks.Summarize(into);
        into.Sheets.Add(blocks.Sheet);
        for (int i = 0; i < block.Count && into.Events.Count < options.Events; i++)
        {
            Event e = block[i];
            into.Events.Add(EventSample.Of(e, e.Source + 1, default));
        }
    }

    private static void AddFacts(FrameHeader header, PacketId id, Description into)
    {
        into.Add("id", "packet id", Cell.Of(id.ToString()));
        into.Add("agent", "agent", Cell.Of(header.Agent));
        into.Add("epoch", "epoch", Cell.Of(header.Epoch.ToString()));
        into.Add("number", "number", Cell.Number((long)header.Number));
        into.Add("sealed", "sealed", new Cell($"{Quantity.Time(header.SealedTime)} UTC", LogTime.Format(header.SealedTime)));
        into.Add("bucket", "bucket", new Cell($"{Quantity.Time(header.Bucket)[..^4]} UTC, {header.BucketSeconds} s", LogTime.Format(header.Bucket)));
        into.Add("events", "events", Cell.Number(header.Events));
        into.Add("rawBytes", "raw bytes", Cell.Bytes(header.RawBytes));
        into.Add("headerBytes", "header", Cell.Bytes(header.HeaderBytes));
        into.Add("copies", "copies asked", Cell.Number(header.Copies));
        into.Add("versions", "versions", Cell.Of($"codec {header.CodecVersion}, tokenizer {header.TokenizerVersion}, parser {header.ParserVersion}"));
    }
}
