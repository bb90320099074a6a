using System.Text;
using Tailer.Blocks;
using Tailer.Cli.Verify;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Cli.Inspect;

/// <summary>Describes the catalog of a recent index, and looks whether the segments it lists are there.</summary>
internal sealed class CatalogInspection(IDisk disk, InspectOptions options)
{
    public void Run(IDiskFile file, Description into)
    {
        FileProof proof = into.Proof;
        proof.Kind = "catalog of a recent index";
        proof.Advice = "delete the directory of the recent index: the porter builds it anew from bucks and archive. Check this disk";
        string text = Encoding.UTF8.GetString(FileBytes.ReadAll(file));
        if (IndexCatalog.TryParse(text) is not { } catalog)
        {
            proof.Add(new Finding(0, file.Length, "a catalog whose checksum does not fit, or of another version", "the recent index cannot be opened"));
            return;
        }
        into.Add("watermark", "watermark", Cell.Time(catalog.Watermark));
        into.Add("events", "events", Cell.Number(catalog.Segments.Sum(s => s.Events)));
        into.Add("rawBytes", "raw bytes", Cell.Bytes(catalog.Segments.Sum(s => s.RawBytes)));
        into.Add("storedBytes", "stored", Cell.Bytes(catalog.Segments.Sum(s => s.FileBytes)));
        var sheet = new Sheet(
            "segments", "segments", "--blocks", options.AllBlocks,
            new("spanStart", "span (UTC)"), new("spanEnd", "to"), new("events", "events"), new("rawBytes", "raw"), new("bytes", "bytes"), new("damage", "damage"), new("file", "file"));
        string folder = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
        foreach (IndexedSegment segment in catalog.Segments)
        {
            string? wrong = Wrong(Path.Combine(folder, segment.Name), segment.FileBytes);
            if (wrong is not null)
                proof.Add(new Finding(0, file.Length, $"segment {segment.Name} {wrong}", "the recent index cannot be opened, unless the porter has replaced the catalog meanwhile: look again"));
            sheet.Add(
                Cell.Time(segment.SpanStart), Cell.TimeAfter(segment.SpanEnd, segment.SpanStart), Cell.Number(segment.Events), Cell.Bytes(segment.RawBytes), Cell.Bytes(segment.FileBytes),
                wrong is null ? Cell.None : Cell.Of(wrong), Cell.Of(segment.Name));
        }
        into.Sheets.Add(sheet);
    }

    private string? Wrong(string path, long bytes)
    {
        using IDiskFile? segment = disk.OpenRead(path);
        return segment is null ? "is not there" : segment.Length != bytes ? $"has {segment.Length} bytes instead of {bytes}" : null;
    }
}
