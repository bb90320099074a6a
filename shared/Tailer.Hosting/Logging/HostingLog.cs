using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>Log records 1xxx: starting and stopping.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1001, LogLevel.Information, "{Name} {Version} starts, process {ProcessId}, configuration {Config}")]
    public static partial void Starts(ILogger logger, string name, string version, int processId, string config);

    [LoggerMessage(1002, LogLevel.Information, "{Name} stops: {Signal}")]
    public static partial void StopAsked(ILogger logger, string name, string signal);

    [LoggerMessage(1003, LogLevel.Information, "{Name} stopped")]
    public static partial void Stopped(ILogger logger, string name);

    [LoggerMessage(1004, LogLevel.Critical, "{Name} ends with exit code {ExitCode}: {Reason}")]
    public static partial void Fatal(ILogger logger, string name, int exitCode, string reason);

    [LoggerMessage(1005, LogLevel.Critical, "{Name} ends after an unexpected error; please report it with the lines below")]
    public static partial void Unexpected(ILogger logger, string name, Exception exception);

    [LoggerMessage(1006, LogLevel.Error, "a background task failed and nobody waited for it")]
    public static partial void UnobservedTask(ILogger logger, Exception exception);
}
