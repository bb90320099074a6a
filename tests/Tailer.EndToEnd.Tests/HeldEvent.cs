using Tailer.Blocks;

namespace Tailer.EndToEnd.Tests;

/// <summary>An event and the file in which it lies.</summary>
internal sealed record HeldEvent(string Place, SourceDescriptor Source, ulong Offset, string Text, EventFlags Flags, ulong Time, string Host, string App, uint Pid, Severity Severity)
{
    public ulong End => Offset + (ulong)System.Text.Encoding.UTF8.GetByteCount(Text);
}
