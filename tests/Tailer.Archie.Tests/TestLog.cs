using System.Text;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Archie.Tests;

/// <summary>A log file of a host that is never written: its lines go into packets and segments as an agent and a porter would put them there.</summary>
internal sealed class TestLog
{
    private readonly EpochId epoch = EpochId.Read(Guid.NewGuid().ToByteArray());
    private readonly SourceDescriptor descriptor;
    private ulong number;
    private ulong offset;

    public TestLog(string path = "/var/log/app.log", string agent = "agent")
    {
        descriptor = new SourceDescriptor
        {
            Id = SourceDescriptor.DeriveId(SourceKind.File, agent, 1, 2, 3, 0, path),
            Agent = agent,
            Host = "web-1",
            Path = path,
        };
    }

    public SourceId Id => descriptor.Id;

    /// <summary>Lines one after the other, a millisecond apart. Call it again for the lines that follow.</summary>
    public Packet Packet(IEnumerable<string> lines, ulong time, ulong? sealedTime = null, int bucketSeconds = 2)
    {
        using var builder = new PacketBuilder();
        int source = builder.Source(descriptor.Id, descriptor);
        ulong at = time;
        foreach (string line in lines)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
            builder.Add(new Event
            {
                Source = source,
                Offset = offset,
                Bytes = bytes,
                Time = at,
                Host = "web-1",
                App = "app",
                Pid = 7,
                Severity = line.Contains("error", StringComparison.Ordinal) ? Severity.Error : Severity.Info,
            });
            offset += (ulong)bytes.Length;
            at += LogTime.PerMillisecond;
        }

        return builder.Seal(new PacketStamp { Agent = descriptor.Agent, Epoch = epoch, Number = number++, SealedTime = sealedTime ?? time, BucketSeconds = bucketSeconds });
    }

    /// <summary>Makes the packets' events part of a recent index.</summary>
    public static void AddToRecent(string directory, IReadOnlyList<Packet> packets, ulong watermark)
    {
        using LocalEventIndexWriter writer = LocalEventIndexWriter.Open(SystemDisk.Instance, directory);
        string path = writer.NewSegmentPath();
        WriteSegment(path, packets, SegmentKind.Recent, packets[0].Header.Bucket, packets[0].Header.BucketWidth);
        writer.Add([path], watermark);
    }

    /// <summary>Seals the packets as one span of an archive; returns the object's name.</summary>
    public static async Task<string> AddToArchiveAsync(
        string directory, IReadOnlyList<Packet> packets, ulong spanStart, ulong spanWidth, IReadOnlyList<SegmentGap>? gaps = null)
    {
        string temporary = Path.Combine(Path.GetTempPath(), $"tailer-test-{Guid.NewGuid():N}");
        try
        {
            SegmentFooter footer = WriteSegment(temporary, packets, SegmentKind.Sealed, spanStart, spanWidth, gaps);
            string name = $"{Names.Span("test", spanStart, spanWidth)}/{Names.Segment(footer.EventTimeMin, footer.EventTimeMax, footer.ContentHash, strays: false)}";
            using IDiskFile content = SystemDisk.Instance.OpenRead(temporary)!;
            await new DirectoryArchive(SystemDisk.Instance, directory, TimeProvider.System).PutAsync(name, content);
            return name;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static SegmentFooter WriteSegment(
        string path, IReadOnlyList<Packet> packets, SegmentKind kind, ulong spanStart, ulong spanWidth, IReadOnlyList<SegmentGap>? gaps = null)
    {
        using var merge = new EventMerge();
        foreach (Packet packet in packets)
            Assert.Equal(BlockError.None, merge.Add(packet));
        MergedEvents events = merge.Merge().Inside;
        var plan = new SegmentFooter
        {
            Environment = "test",
            SpanStart = spanStart,
            SpanWidth = spanWidth,
            Kind = kind,
            Sources = [.. events.Sources.Select(source => new SegmentSource(source, 0, []))],
        };
        using IDiskFile file = SystemDisk.Instance.OpenAppend(path);
        using var writer = new SegmentWriter(file, plan, 1);
        for (int i = 0; i < events.Count; i++)
            writer.Add(events[i]);
        return writer.Finish(footer => footer with { Gaps = gaps ?? [] });
    }
}
