using Tailer.Blocks;

namespace Tailer.Cli.Verify;

/// <summary>Compares an archive object's name with what its footer says of the content, where the file has a name of that form.</summary>
internal sealed class SegmentNameCheck(FileProof proof, SegmentFooter footer)
{
    public void Run()
    {
        string path = Path.GetFullPath(proof.Path);
        string name = Path.GetFileName(path);
        if (!Names.TryParseSegment(name, out _, out _, out _))
            return;
        string expected = Names.Segment(footer.EventTimeMin, footer.EventTimeMax, footer.ContentHash, footer.Kind == SegmentKind.Strays);
        if (name != expected)
            Add($"by its content its name is {expected}");
        CheckFolder(path);
    }

    /// <summary>An object counts for the span whose folder it lies in.</summary>
    private void CheckFolder(string path)
    {
        string[] folders = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (folders.Length < 4 || !Names.TryParseSpan(folders[^3], folders[^2], out _))
            return;
        string folder = string.Join('/', folders[^4..^1]);
        string expected = Names.Span(footer.Environment, footer.SpanStart, footer.SpanWidth);
        if (folder != expected)
            Add($"it lies in {folder}, by its footer it belongs in {expected}");
    }

    private void Add(string what) =>
        proof.Add(new Finding(0, proof.FileBytes, what, "it was renamed or moved: it counts as what it is not, and what it is counts as missing"));
}
