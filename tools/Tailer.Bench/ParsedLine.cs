using Tailer.Blocks;

namespace Tailer.Bench;

/// <summary>A line and what an agent knows beside it; <paramref name="Start"/> is its place in its batch, <paramref name="Offset"/> that in the file.</summary>
internal readonly record struct ParsedLine(int Start, int Length, ulong Offset, ulong Time, string Host, string App, uint Pid, Severity Severity);
