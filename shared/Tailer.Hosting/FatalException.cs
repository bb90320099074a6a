namespace Tailer.Hosting;

/// <summary>Ends the process with an exit code and a message for the operator: what happened, where, what to do. No stack
/// trace is shown, because the cause is outside the program.</summary>
public sealed class FatalException : Exception
{
    public FatalException(int exitCode, string message, Exception? inner = null)
        : base(message, inner) => ExitCode = exitCode;

    /// <summary>One of <see cref="Hosting.ExitCode"/>.</summary>
    public int ExitCode { get; }
}
