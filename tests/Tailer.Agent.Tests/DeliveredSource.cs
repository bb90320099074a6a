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
        if (end is { } expected && expected != e.Offset)
        {
            throw new InvalidOperationException(
                $"{descriptor.Path} inode {descriptor.Inode} incarnation {descriptor.Incarnation}: {e.Offset} after {expected}: '{Encoding.Latin1.GetString(e.Bytes[..Math.Min(40, e.Bytes.Length)])}'; before it came:\n{Text[..Math.Min(Text.Length, 400)]}");
        }
        if (end is null)
            From = e.Offset;
        end = e.End;
        bytes.AddRange(e.Bytes);
        Events.Add((e.Bytes.Length, e.Flags, e.Time, Encoding.Latin1.GetString(e.Bytes)));
    }
}
