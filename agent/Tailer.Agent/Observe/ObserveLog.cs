using Microsoft.Extensions.Logging;

namespace Tailer.Agent;

/// <summary>What telling about itself logs; event ids 2400 to 2449.</summary>
internal static partial class ObserveLog
{
    [LoggerMessage(2400, LogLevel.Warning, "the service manager does not hear: {Reason}; its watchdog may end this process")]
    public static partial void NotifyFailed(ILogger logger, string reason);

    [LoggerMessage(2401, LogLevel.Warning, "NOTIFY_SOCKET is '{Path}', which is no socket that is understood; the service manager is told nothing")]
    public static partial void NotifySocketUnknown(ILogger logger, string path);

    [LoggerMessage(2402, LogLevel.Information, "metrics at http://{Address}/metrics")]
    public static partial void MetricsAt(ILogger logger, string address);

    [LoggerMessage(2403, LogLevel.Debug, "a request for {What} ended: {Reason}")]
    public static partial void RequestEnded(ILogger logger, string what, string reason);

    [LoggerMessage(2405, LogLevel.Debug, "at rest: {HeapBytes} bytes in use, {ResidentBytes} resident")]
    public static partial void Trimmed(ILogger logger, long heapBytes, long residentBytes);

    [LoggerMessage(2404, LogLevel.Warning, "{Path} cannot be used for questions about the agent's state: {Reason}; --status will not work")]
    public static partial void NoStatusSocket(ILogger logger, string path, string reason);
}
