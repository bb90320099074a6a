using System.Text;

namespace Tailer.Blocks.Tests.Merge;

/// <summary>An event as the merge tests write it down.</summary>
internal sealed record TestLine(SourceId Source, ulong Offset, byte[] Bytes, ulong Time, EventFlags Flags = EventFlags.None)
{
    public TestLine(SourceId source, ulong offset, string text, ulong time)
        : this(source, offset, Encoding.UTF8.GetBytes(text), time)
    {
    }

    public ulong End => Offset + (ulong)Bytes.Length;

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Seals the lines, in offset order per source, into a packet.</summary>
    public static Packet Seal(IEnumerable<TestLine> lines, ulong number, string agent = "web-1")
    {
        using var builder = new PacketBuilder();
        foreach (TestLine line in lines)
        {
            int source = builder.Source(line.Source, Describe(line.Source, agent));
            builder.Add(new Event { Source = source, Offset = line.Offset, Bytes = line.Bytes, Time = line.Time, Host = agent, App = "", Flags = line.Flags });
        }
        return builder.Seal(new PacketStamp
        {
            Agent = agent,
            Epoch = new EpochId(7),
            Number = number,
            SealedTime = 1000 * LogTime.PerSecond,
            BucketSeconds = 10,
        });
    }

    public static SourceDescriptor Describe(SourceId source, string agent = "web-1") =>
        new() { Id = source, Agent = agent, Host = agent, Path = $"/var/log/{source.Value}.log" };

    public static List<TestLine> From(MergedEvents events)
    {
        List<TestLine> lines = [];
        for (int i = 0; i < events.Count; i++)
        {
            Event e = events[i];
            lines.Add(new TestLine(events.Sources[e.Source].Id, e.Offset, e.Bytes.ToArray(), e.Time, e.Flags));
        }
        return lines;
    }
}
