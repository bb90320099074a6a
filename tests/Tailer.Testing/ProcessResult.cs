using System.Text;

namespace Tailer.Testing;

/// <summary>What a process that ended left behind; the output as bytes, because it may be somebody's log.</summary>
public sealed record ProcessResult(int ExitCode, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);
}
