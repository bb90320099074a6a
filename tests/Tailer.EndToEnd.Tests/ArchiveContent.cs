using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.EndToEnd.Tests;

/// <summary>Everything the archive's segments hold, read as any reader would; damaged segments fail the test.</summary>
internal static class ArchiveContent
{
    public static IEnumerable<string> Segments(string archive) => Directory.Exists(archive)
        ? Directory.EnumerateFiles(archive, "*" + Names.SegmentSuffix, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];

    /// <summary>Sum of the footers' raw bytes.</summary>
    public static long RawBytes(string archive)
    {
        long bytes = 0;
        foreach (string path in Segments(archive))
        {
            using SegmentReader? segment = TryOpen(path);
            bytes += segment?.Footer.RawBytes ?? 0;
        }
        return bytes;
    }

    /// <summary>How often each numbered line is in the archive; index = number.</summary>
    public static byte[] CountLines(string archive, long lines)
    {
        var counts = new byte[lines];
        using var block = new DecodedBlock();
        foreach (string path in Segments(archive))
        {
            using SegmentReader segment = TryOpen(path) ?? throw new InvalidDataException($"{path} cannot be read");
            Assert.Null(SegmentVerifier.Verify(segment));
            for (int i = 0; i < segment.Footer.Blocks.Count; i++)
            {
                Assert.Equal(BlockError.None, segment.TryReadBlock(i, block));
                for (int k = 0; k < block.Count; k++)
                {
                    Event e = block[k];
                    if (RotatingWriter.NumberOf(e.Bytes) is { } number)
                        counts[number]++;
                }
            }
        }
        return counts;
    }

    private static SegmentReader? TryOpen(string path) =>
        SystemDisk.Instance.OpenRead(path) is { } file ? SegmentReader.TryOpen(file, out _) : null;
}
