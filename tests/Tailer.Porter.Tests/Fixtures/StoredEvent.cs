using System.Text;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Porter.Tests;

/// <summary>An event as a segment holds it.</summary>
internal sealed record StoredEvent(SourceId Source, ulong Offset, string Text, ulong Time)
{
    public static IReadOnlyList<StoredEvent> Read(string path)
    {
        using SegmentReader reader = SegmentReader.TryOpen(SystemDisk.Instance.OpenRead(path)!, out SegmentError error)
            ?? throw new InvalidOperationException($"{path}: {error}");
        List<StoredEvent> events = [];
        using var block = new DecodedBlock();
        for (int i = 0; i < reader.Footer.Blocks.Count; i++)
        {
            Assert.Equal(BlockError.None, reader.TryReadBlock(i, block));
            for (int k = 0; k < block.Count; k++)
            {
                Event e = block[k];
                events.Add(new StoredEvent(reader.Footer.Sources[e.Source].Descriptor.Id, e.Offset, Encoding.UTF8.GetString(e.Bytes), e.Time));
            }
        }
        return events;
    }

    /// <summary>The source's bytes in order; fails where a byte is missing or there twice.</summary>
    public static string Rebuild(IEnumerable<StoredEvent> events, SourceId source)
    {
        var text = new StringBuilder();
        foreach (StoredEvent e in events.Where(e => e.Source == source).OrderBy(e => e.Offset))
        {
            Assert.Equal((ulong)text.Length, e.Offset);
            text.Append(e.Text);
        }
        return text.ToString();
    }
}
