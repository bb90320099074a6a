using System.Text;
using Tailer.Blocks;

namespace Tailer.Cli.Inspect;

/// <summary>An event copied out of its block.</summary>
internal sealed record EventSample(
    int SourceNumber, SourceId Source, ulong Offset, int Bytes, ulong Time, string Host, string App, Severity Severity, uint Pid, EventFlags Flags, string Text)
{
    /// <param name="e">An event of a decoded block.</param>
    /// <param name="sourceNumber">Its source's row in the table of sources.</param>
    /// <param name="source">Its source.</param>
    public static EventSample Of(scoped in Event e, int sourceNumber, SourceId source) => new(
        sourceNumber, source, e.Offset, e.Bytes.Length, e.Time, e.Host, e.App, e.Severity, e.Pid, e.Flags, Encoding.UTF8.GetString(e.Text));

    /// <summary>Lower case, empty where unknown.</summary>
    public static string Name(Severity severity) => severity == Severity.Unknown ? "" : severity.ToString().ToLowerInvariant();
}
