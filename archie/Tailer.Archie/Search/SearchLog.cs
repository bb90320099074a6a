namespace Tailer.Archie;

internal static partial class SearchLog
{
    [LoggerMessage(5101, LogLevel.Information, "connected to {Buck} at {Address}")]
    public static partial void BuckConnected(ILogger logger, string buck, string address);

    [LoggerMessage(5102, LogLevel.Warning, "{Buck} cannot be asked; searches go on without it: {Reason}")]
    public static partial void BuckUnreachable(ILogger logger, string buck, string reason);

    [LoggerMessage(5103, LogLevel.Warning, "a search was answered without {Place}: {Reason}")]
    public static partial void Partial(ILogger logger, string place, string reason);
}
