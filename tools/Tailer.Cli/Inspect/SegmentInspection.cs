using Tailer.Blocks;
using Tailer.Cli.Export;
using Tailer.Cli.Show;
using Tailer.Cli.Verify;
using Tailer.Disk;

namespace Tailer.Cli.Inspect;

/// <summary>Describes a segment, as much of it as can be read.</summary>
internal sealed class SegmentInspection(InspectOptions options, ProgressLine progress)
{
    private readonly BlockDescription blocks = new(options.AllBlocks);
    private readonly SourceBook sources = new(options.AllSources);

    public void Run(IDiskFile file, Description into, CancellationToken cancel)
    {
        var proof = new SegmentProof(file, into.Proof, progress);
        proof.Run(
            (listed, block, wrong) =>
            {
                blocks.Add(listed.Offset, listed.Bytes, block, wrong);
                Sample(block, proof.Outline!.Footer!, into.Events);
            },
            cancel);
        SegmentOutline outline = proof.Outline!;
        if (outline.Footer is { } footer)
            Describe(footer, outline, into);
        else if (outline.FooterOffset > 0)
            into.Add("footerOffset", "footer at byte", Cell.Offset(outline.FooterOffset));
        into.Sheets.Add(Sections(outline));
    }

    private void Sample(DecodedBlock block, SegmentFooter footer, List<EventSample> events)
    {
        for (int i = 0; i < block.Count && events.Count < options.Events; i++)
        {
            Event e = block[i];
            events.Add(EventSample.Of(e, e.Source + 1, footer.Sources[e.Source].Descriptor.Id));
        }
    }

    private void Describe(SegmentFooter footer, SegmentOutline outline, Description into)
    {
        foreach (SegmentSource source in footer.Sources)
            sources.Add(source.Descriptor.Id, source.Descriptor, source.Events, source.Coverage);
        AddFacts(footer, outline, into);
        into.Sheets.Add(blocks.Sheet);
        into.Sheets.Add(sources.ToSheet());
        into.Sheets.Add(Gaps(footer));
        into.Sheets.Add(Silent(footer));
        into.Sheets.Add(Manifests(footer));
        into.Sheets.Add(Packets(footer));
    }

    private void AddFacts(SegmentFooter footer, SegmentOutline outline, Description into)
    {
        bool isRecent = footer.Kind == SegmentKind.Recent;
        into.Add("environment", "environment", Cell.Of(footer.Environment));
        into.Add("spanStart", "span", new Cell($"{Quantity.Time(footer.SpanStart)[..^4]} UTC, {Width(footer.SpanWidth)}", LogTime.Format(footer.SpanStart)));
        into.Add("spanSeconds", "", new Cell("", (long)(footer.SpanWidth / LogTime.PerSecond)));
        string completeness = footer.Complete ? "complete: every agent known then had said what it sent, and it is here"
            : isRecent ? "not judged: only sealing does that" : "sparse, or not the last segment of its span: gaps and silent agents are below";
        into.Add("complete", "completeness", new Cell(completeness, footer.Complete));
        into.Add("events", "events", Cell.Number(footer.Events));
        into.Add("rawBytes", "raw bytes", new Cell($"{Quantity.Bytes(footer.RawBytes)} ({Quantity.Number(footer.RawBytes)}), {Cell.Ratio(footer.RawBytes, outline.FileBytes).Text} times the file", footer.RawBytes));
        into.Add("eventTimeMin", "times", new Cell($"{Quantity.Time(footer.EventTimeMin)} to {Quantity.TimeAfter(footer.EventTimeMax, footer.EventTimeMin)} UTC", LogTime.Format(footer.EventTimeMin)));
        into.Add("eventTimeMax", "", new Cell("", LogTime.Format(footer.EventTimeMax)));
        into.Add("contentHash", "content hash", Cell.Of(footer.ContentHash.ToString()));
        if (footer.Conflicts > 0)
            into.Add("conflicts", "conflicts", new Cell($"{Quantity.Count(footer.Conflicts, "range")} came with different bytes; all are kept", footer.Conflicts));
        blocks.Summarize(into);
        into.Add("footerOffset", "footer", new Cell($"at byte {outline.FooterOffset}, {Quantity.Bytes(outline.FooterPackedBytes)}, unpacked {Quantity.Bytes(outline.FooterBytes)}", outline.FooterOffset));
    }

    private static string Width(ulong width)
    {
        TimeSpan span = LogTime.ToTimeSpan(width);
        return Hosting.DurationText.Format(span);
    }

    private static Sheet Sections(SegmentOutline outline)
    {
        var sheet = new Sheet("sections", "footer sections", null, true, new("tag", "tag"), new("name", "name"), new("bytes", "bytes"));
        foreach (FooterSection section in outline.Sections)
            sheet.Add(Cell.Number((long)section.Tag), section.Name is null ? new Cell("(unknown to this version)", null) : Cell.Of(section.Name.ToLowerInvariant()), Cell.Bytes(section.Bytes));
        return sheet;
    }

    private Sheet Gaps(SegmentFooter footer)
    {
        var sheet = new Sheet(
            "gaps", "gaps", "--sources", options.AllSources,
            new("source", "source"), new("from", "from"), new("to", "to"), new("bytes", "bytes"), new("why", "why"), new("path", "path"));
        foreach (SegmentGap gap in footer.Gaps)
        {
            sheet.Add(
                Cell.Id(gap.Source.ToString(), options.AllSources), Cell.Offset((long)gap.From), Cell.Offset((long)gap.To), Cell.Bytes((long)(gap.To - gap.From)),
                Cell.Of(SkipText.Of(gap.Reason)), Cell.Of(sources.NameOf(gap.Source)));
        }
        return sheet;
    }

    private static Sheet Silent(SegmentFooter footer)
    {
        var sheet = new Sheet("silent", "silent agents", null, true, new("agent", "agent"), new("since", "since (UTC)"));
        foreach (SilentAgent silent in footer.Silent)
            sheet.Add(Cell.Of(silent.Agent), Cell.Time(silent.Since));
        return sheet;
    }

    private Sheet Manifests(SegmentFooter footer)
    {
        Sheet sheet = ManifestSheet.Create(options.AllPackets, inRecords: false);
        foreach (byte[] bytes in footer.Manifests)
        {
            Manifest? manifest = Manifest.TryRead(bytes);
            ManifestSheet.Add(sheet, null, Packet.IdOf(bytes), manifest, manifest is null ? "cannot be read" : null);
        }
        return sheet;
    }

    /// <summary>Only ids: nothing to see unless one is looked for.</summary>
    private Sheet Packets(SegmentFooter footer)
    {
        var sheet = new Sheet("packets", "packets merged", "--packets", options.AllPackets, new Column("id", "packet")) { RowsShownFirst = 0 };
        foreach (PacketId id in footer.Packets)
            sheet.Add(Cell.Of(id.ToString()));
        return sheet;
    }
}
