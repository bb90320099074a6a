namespace Tailer.Blocks;

/// <summary>Proves a segment: decodes every block and compares the content hash with the footer's.</summary>
public static class SegmentVerifier
{
    /// <summary>Null when the segment is whole, else what is wrong with it. Reads all of it.</summary>
    public static string? Verify(SegmentReader segment)
    {
        SegmentFooter footer = segment.Footer;
        using var block = new DecodedBlock();
        using var hash = new CanonicalHash(footer.Sources);
        for (int i = 0; i < footer.Blocks.Count; i++)
        {
            BlockError error = segment.TryReadBlock(i, block);
            if (error != BlockError.None)
                return $"block {i} of {footer.Blocks.Count} at byte {footer.Blocks[i].Offset}: {error}";
            if (block.Count != footer.Blocks[i].Events)
                return $"block {i} of {footer.Blocks.Count} has {block.Count} events, the footer says {footer.Blocks[i].Events}";
            for (int k = 0; k < block.Count; k++)
                hash.Add(block[k]);
        }
        ContentHash actual = footer.Blocks.Count == 0 ? CanonicalHash.OfRecords(footer.Packets, footer.Manifests) : hash.Finish();
        return actual == footer.ContentHash ? null : $"content hash is {actual}, the footer says {footer.ContentHash}";
    }
}
