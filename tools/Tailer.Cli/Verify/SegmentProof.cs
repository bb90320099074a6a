using Tailer.Blocks;
using Tailer.Cli.Show;
using Tailer.Disk;

namespace Tailer.Cli.Verify;

/// <summary>
/// Is told of every block in the order of the footer: how it is listed, decoded (empty when it could not be), and what is wrong with it.
/// </summary>
internal delegate void BlockSeen(SegmentBlock listed, DecodedBlock block, string? wrong);

/// <summary>
/// Proves a segment: magic, trailer and footer, then every block, then that the blocks hold what the footer says. One block in memory
/// at a time. Throws <see cref="IOException"/> when the disk does.
/// </summary>
internal sealed class SegmentProof(IDiskFile file, FileProof proof, ProgressLine progress)
{
    /// <summary>Null until <see cref="Run"/> has read it.</summary>
    public SegmentOutline? Outline { get; private set; }

    /// <param name="seen">Called for each block, damaged ones too.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    public void Run(BlockSeen? seen, CancellationToken cancel)
    {
        proof.FileBytes = file.Length;
        Outline = SegmentOutline.Read(file);
        SegmentFooter? footer = Outline.Footer;
        proof.Kind = Kind(footer);
        proof.Advice = Advice(footer);
        foreach (SegmentFlaw flaw in Outline.Flaws)
            proof.Add(new Finding(flaw.From, flaw.To, flaw.What, Meaning(footer)));
        if (footer is null)
            return;
        CheckLayout(footer);
        CheckTables(footer);
        using SegmentReader reader = Outline.OpenReader() ?? throw new IOException($"{file.Path} changed while it was read");
        using var tally = new SegmentTally(footer);
        ReadBlocks(reader, tally, seen, cancel);
        (proof.Events, proof.RawBytes) = (tally.Events, tally.RawBytes);
        new SegmentNameCheck(proof, footer).Run();
        if (tally.Missed > 0)
        {
            proof.Note($"sums, coverage and content hash were not compared: {Quantity.Count(tally.Missed, "block")} could not be read");
            return;
        }
        foreach (string difference in tally.Differences())
            FooterFinding(difference, "footer and blocks are not of one segment: it was altered, or made by a defective version");
    }

    private void ReadBlocks(SegmentReader reader, SegmentTally tally, BlockSeen? seen, CancellationToken cancel)
    {
        using var block = new DecodedBlock();
        int count = reader.Footer.Blocks.Count;
        for (int i = 0; i < count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            SegmentBlock listed = reader.Footer.Blocks[i];
            progress.Report(listed.Offset);
            BlockError error = reader.TryReadBlock(i, block);
            proof.Parts++;
            string? wrong = error == BlockError.None ? tally.Add(block, listed) : DamageText.Of(error);
            if (error != BlockError.None)
                tally.Miss();
            if (wrong is not null)
            {
                proof.DamagedParts++;
                proof.Add(new Finding(listed.Offset, listed.Offset + listed.Bytes, $"block {i + 1} of {count} {wrong}", Lost(error, listed)));
            }
            seen?.Invoke(listed, block, wrong);
        }
    }

    private static string Lost(BlockError error, SegmentBlock listed)
    {
        string span = $"{Quantity.Count(listed.Events, "event")} from {Quantity.Time(listed.EventTimeMin)} to {Quantity.TimeAfter(listed.EventTimeMax, listed.EventTimeMin)} UTC";
        return error == BlockError.None ? $"the footer says something else of its {span}; its lines can be read" : $"its {span} cannot be read from this copy";
    }

    /// <summary>Blocks lie one after the other, from the magic to the footer.</summary>
    private void CheckLayout(SegmentFooter footer)
    {
        long expected = SegmentOutline.MagicBytes;
        for (int i = 0; i < footer.Blocks.Count; i++)
        {
            SegmentBlock block = footer.Blocks[i];
            if (block.Offset < expected)
                FooterFinding($"block {i + 1} of {footer.Blocks.Count} begins at byte {block.Offset}, before the end of the one before, {expected}", "the list of blocks is wrong");
            else
                CheckUnclaimed(expected, block.Offset);
            expected = block.Offset + block.Bytes;
        }
        CheckUnclaimed(expected, Outline!.FooterOffset);
    }

    private void CheckUnclaimed(long from, long to)
    {
        if (from < to)
            proof.Add(new Finding(from, to, $"{to - from} bytes belong to no block", "no line is known to be in them; no checksum covers them"));
    }

    private void CheckTables(SegmentFooter footer)
    {
        for (int i = 1; i < footer.Sources.Count; i++)
        {
            if (footer.Sources[i - 1].Descriptor.Id >= footer.Sources[i].Descriptor.Id)
                FooterFinding($"source {footer.Sources[i].Descriptor.Id} is listed after a greater or equal id", "searches by source may not find it");
        }
        for (int i = 1; i < footer.Packets.Count; i++)
        {
            if (footer.Packets[i - 1] >= footer.Packets[i])
                FooterFinding($"packet {footer.Packets[i]} is listed after a greater or equal id", "it may be taken for one that was not sealed");
        }
        for (int i = 0; i < footer.Manifests.Count; i++)
        {
            if (Manifest.TryRead(footer.Manifests[i]) is null)
                FooterFinding($"manifest {i + 1} of {footer.Manifests.Count} cannot be read", "an audit cannot use what the agent said in it");
        }
    }

    private void FooterFinding(string what, string means) =>
        proof.Add(new Finding(Outline!.FooterOffset, Outline.FooterOffset + Outline.FooterPackedBytes, what, means));

    private static string Kind(SegmentFooter? footer) => footer?.Kind switch
    {
        null => "segment",
        SegmentKind.Sealed => "sealed segment",
        SegmentKind.Delta => "delta segment",
        SegmentKind.Strays => "strays segment",
        SegmentKind.Recent => "recent segment",
        { } kind => $"segment of kind {(int)kind}",
    };

    private static string Meaning(SegmentFooter? footer) => footer is null
        ? "no line of this copy can be read: the footer says where they are"
        : "blocks were read in spite of it, but searches refuse such a file";

    private static string Advice(SegmentFooter? footer) => footer?.Kind == SegmentKind.Recent
        ? "delete the directory of the recent index: the porter builds it anew from bucks and archive. Check this disk"
        : "put another copy of this object in its place (backup, mirror) and verify that. Without one, while the bucks still hold the span, move this file away and the porter seals the span again. Check this disk";
}
