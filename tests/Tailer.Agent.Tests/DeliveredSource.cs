using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent.Tests;

/// <summary>What packets hold of one source.</summary>
internal sealed class DeliveredSource(SourceDescriptor descriptor)
{
    private readonly List<byte> bytes = [];
    private ulong? end;

    public SourceDescriptor Descriptor => descriptor;

    public ulong From { get; private set; }

    public byte[] Bytes => [.. bytes];

    public string Text => Encoding.Latin1.GetString(Bytes);

    public List<(int Length, EventFlags Flags, ulong Time, string Text)> Events { get; } = [];

    public void Add(Event e)
    {
        if (end is { } expected)
            Assert.Equal(expected, e.Offset);
        else
            From = e.Offset;
        end = e.End;
        bytes.AddRange(e.Bytes);
        Events.Add((e.Bytes.Length, e.Flags, e.Time, Encoding.Latin1.GetString(e.Bytes)));
    }
}
