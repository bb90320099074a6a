namespace Tailer.Archie;

internal static partial class HistoryLog
{
    [LoggerMessage(5201, LogLevel.Information, "history {Id} is loaded: {Segments} segments, {Events} events")]
    public static partial void Loaded(ILogger logger, string id, int segments, long events);

    [LoggerMessage(5202, LogLevel.Warning, "history {Id} could not be loaded: {Error}")]
    public static partial void Failed(ILogger logger, string id, string error);

    [LoggerMessage(5203, LogLevel.Information, "history {Id} has expired; its files are gone")]
    public static partial void Expired(ILogger logger, string id);

    [LoggerMessage(5204, LogLevel.Warning, "files of history {Id} could not be deleted, the next start tries again: {Error}")]
    public static partial void NotDeleted(ILogger logger, string id, string error);

    [LoggerMessage(5205, LogLevel.Information, "history {Id} was being loaded when archie stopped; going on with it")]
    public static partial void Resumed(ILogger logger, string id);

    [LoggerMessage(5206, LogLevel.Information, "swept {Count} leftovers of histories")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(5207, LogLevel.Warning, "the list of histories {Path} was damaged and is set aside; loaded histories have to be asked for again")]
    public static partial void ListDamaged(ILogger logger, string path);
}
