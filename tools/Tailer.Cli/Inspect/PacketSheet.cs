using Tailer.Blocks;
using Tailer.Cli.Show;
using Tailer.Cli.Verify;

namespace Tailer.Cli.Inspect;

/// <summary>Packets of a bucket file, a row each.</summary>
internal static class PacketSheet
{
    /// <summary>So many ranges are shown; programs get all.</summary>
    private const int RangesShown = 3;

    public static Sheet Create(bool showAll) => new(
        "packets", "packets", "--packets", showAll,
        new("position", "position"), Column.ForPrograms("type"), new("id", "packet"), new("agent", "agent"), new("epoch", "epoch"), new("number", "number"), new("sealed", "sealed"),
        Column.ForPrograms("bucket"), Column.ForPrograms("bytes"), new("events", "events"), new("rawBytes", "raw"), new("ratio", "ratio"),
        Column.ForPrograms("copies"), Column.ForPrograms("codec"), new("flags", "flags"), new("damage", "damage"), new("ranges", "sources"));

    /// <param name="sheet">Made by <see cref="Create"/>.</param>
    /// <param name="record">A record that is no manifest.</param>
    /// <param name="sources">Numbers the sources.</param>
    public static void Add(Sheet sheet, BucketRecord record, SourceBook sources)
    {
        FrameHeader? f = record.Frame;
        Cell position = Cell.Offset(record.Position);
        Cell type = new("", (long)record.Header.Type);
        Cell id = Cell.Id(record.Header.Id.ToString(), false);
        Cell bytes = Cell.Bytes(record.Header.BodyBytes);
        Cell damage = record.Wrong is null ? Cell.None : Cell.Of(record.Wrong);
        if (f is null)
        {
            Cell none = Cell.None;
            sheet.Add(position, type, id, none, none, none, none, none, bytes, none, none, none, none, none, Flags(record), damage, none);
            return;
        }
        sheet.Add(
            position, type, id, Cell.Of(f.Agent), new Cell(f.Epoch.ToString()[..4], f.Epoch.ToString()), Cell.Number((long)f.Number),
            new Cell(Quantity.Time(f.SealedTime)[11..], LogTime.Format(f.SealedTime)), Cell.Time(f.Bucket), bytes, Cell.Number(f.Events), Cell.Bytes(f.RawBytes),
            Cell.Ratio(f.RawBytes, record.Header.BodyBytes), Cell.Number(f.Copies), Cell.Number(f.CodecVersion), Flags(record), damage, Ranges(f, sources));
    }

    /// <summary>Only what is not as usual.</summary>
    private static Cell Flags(BucketRecord record)
    {
        List<string> names = [];
        if (record.Header.Healed)
            names.Add("healed");
        if (record.IsRepeat)
            names.Add("repeat");
        if (record.Frame is { } f)
        {
            if ((f.Flags & FrameFlags.FsyncBeforeAck) != 0)
                names.Add("fsync");
            if ((f.Flags & FrameFlags.SealedAgain) != 0)
                names.Add("sealed-again");
            if (f.BoundaryCopy != BoundaryCopy.Unacked)
                names.Add($"boundary-{f.BoundaryCopy.ToString().ToLowerInvariant()}");
            if (f.Sources.Any(s => s.MayRepeat))
                names.Add("may-repeat");
            if (f.Sources.Any(s => s.HasHoles))
                names.Add("holes");
        }
        return Cell.List(names);
    }

    private static Cell Ranges(FrameHeader frame, SourceBook sources)
    {
        string[] all = [.. frame.Sources.Select(s => $"{s.Source} {s.From}..{s.To}")];
        string shown = string.Join(' ', frame.Sources.Take(RangesShown).Select(s => $"#{sources.NumberOf(s.Source)} {s.From}..{s.To}"));
        return new Cell(all.Length > RangesShown ? $"{shown} +{all.Length - RangesShown}" : shown, all);
    }
}
