using System.Text;

namespace Tailer.Testing;

/// <summary>What a process that ended left behind; the output as bytes, because it may be somebody's log.</summary>
public sealed record ProcessResult(int ExitCode, byte[] Output, string Errors)
{
    /// <summary>The most memory it was seen to have; looked at every <see cref="TailerProcess.MemoryLook"/>.</summary>
    public long PeakBytes { get; init; }

    public string Text => Encoding.UTF8.GetString(Output);
}
