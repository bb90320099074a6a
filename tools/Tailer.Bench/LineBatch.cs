using Tailer.Blocks;

namespace Tailer.Bench;

/// <summary>Consecutive lines of a file, in memory that is used again for the next batch.</summary>
internal sealed class LineBatch
{
    public byte[] Bytes { get; set; } = [];

    public List<ParsedLine> Lines { get; } = [];

    /// <summary>The line as an event of source number 0.</summary>
    public Event this[int i]
    {
        get
        {
            ParsedLine line = Lines[i];
            return new Event
            {
                Source = 0,
                Offset = line.Offset,
                Bytes = Bytes.AsSpan(line.Start, line.Length),
                Time = line.Time,
                Host = line.Host,
                App = line.App,
                Pid = line.Pid,
                Severity = line.Severity,
            };
        }
    }
}
