using System.Text;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.EndToEnd.Tests;

/// <summary>Every event in every spool, bucket and segment below a directory, unpacked; used while nobody writes there.</summary>
internal static class HeldEvents
{
    /// <summary>The events of the files, each with where it is; one that cannot be read fails the test.</summary>
    public static List<HeldEvent> Below(string directory)
    {
        var events = new List<HeldEvent>();
        using var block = new DecodedBlock();
        foreach (string path in BuckFiles.In(directory))
        {
            foreach ((RecordHeader header, byte[] body) in BuckFiles.Records(path).Where(r => r.Header.Type == RecordType.Packet))
            {
                Packet packet = Packet.TryRead(body, out FrameError error) ?? throw new InvalidDataException($"{path}: packet {header.Id}: {error}");
                Assert.Equal(BlockError.None, packet.TryDecode(block));
                Take(block, path, packet.Header.Sources.Select(s => s.Descriptor!), events);
            }
        }
        foreach (string path in ArchiveContent.Segments(directory))
            TakeSegment(path, block, events);
        return events;
    }

    private static void TakeSegment(string path, DecodedBlock block, List<HeldEvent> events)
    {
        using IDiskFile? file = SystemDisk.Instance.OpenRead(path);
        if (file is null)
            return;
        using SegmentReader segment = SegmentReader.TryOpen(file, out _) ?? throw new InvalidDataException($"{path} cannot be read");
        for (int i = 0; i < segment.Footer.Blocks.Count; i++)
        {
            Assert.Equal(BlockError.None, segment.TryReadBlock(i, block));
            Take(block, path, segment.Footer.Sources.Select(s => s.Descriptor), events);
        }
    }

    private static void Take(DecodedBlock block, string path, IEnumerable<SourceDescriptor> sources, List<HeldEvent> into)
    {
        SourceDescriptor[] descriptors = [.. sources];
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            into.Add(new HeldEvent(path, descriptors[e.Source], e.Offset, Encoding.UTF8.GetString(e.Bytes), e.Flags, e.Time, e.Host ?? "", e.App ?? "", e.Pid, e.Severity));
        }
    }
}
