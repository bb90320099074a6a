using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What the spool logs; event ids 2200 to 2249.</summary>
internal static partial class SpoolLog
{
    [LoggerMessage(2200, LogLevel.Warning, "the checkpoint {Path} is damaged; positions are taken from the spool, and files are recognised again by their content")]
    public static partial void CheckpointDamaged(ILogger log, string path);

    [LoggerMessage(2201, LogLevel.Warning, "the spool file {Path} is damaged from byte {From} to {To}; stepped over")]
    public static partial void SpoolDamaged(ILogger log, string path, long from, long to);

    [LoggerMessage(2202, LogLevel.Warning, "the packet at {Position} of spool file {File} is damaged ({Error}); stepped over")]
    public static partial void FrameDamaged(ILogger log, string file, long position, FrameError error);

    [LoggerMessage(2203, LogLevel.Information, "cut {Bytes} bytes of a packet that was not wholly written from {Path}; its lines are read again")]
    public static partial void TornTail(ILogger log, long bytes, string path);

    [LoggerMessage(2204, LogLevel.Error, "could not write to the spool: {Reason}; reading stops until it works again, the log files keep the lines")]
    public static partial void WriteFailed(ILogger log, string reason);

    [LoggerMessage(2205, LogLevel.Information, "the spool takes writes again")]
    public static partial void WriteWorks(ILogger log);

    [LoggerMessage(2206, LogLevel.Warning, "the spool is full: {Bytes} bytes are not delivered; reading stops until bucks take them")]
    public static partial void Full(ILogger log, long bytes);

    [LoggerMessage(2207, LogLevel.Error, "could not write the checkpoint: {Reason}; nothing is pruned until it works, and a spool that grows to twice its limit stops reading")]
    public static partial void CheckpointFailed(ILogger log, string reason);

    [LoggerMessage(2208, LogLevel.Information, "starting with {Sources} known sources, {Bytes} bytes not delivered")]
    public static partial void Recovered(ILogger log, int sources, long bytes);

    [LoggerMessage(2209, LogLevel.Information, "checkpoints can be written again")]
    public static partial void CheckpointWorks(ILogger log);

    [LoggerMessage(2210, LogLevel.Error, "{Path}: bytes {From} to {To} were in a damaged part of the spool and not delivered; the manifest says so, and audit names them")]
    public static partial void Lost(ILogger log, string path, ulong from, ulong to);

    [LoggerMessage(2211, LogLevel.Warning, "the clock was set back by {By}; packets and manifests follow it")]
    public static partial void ClockSetBack(ILogger log, TimeSpan by);

    [LoggerMessage(2212, LogLevel.Error, "the spool cannot be pruned: {Reason}; tried again with the next checkpoint")]
    public static partial void PruneFailed(ILogger log, string reason);

    [LoggerMessage(2213, LogLevel.Warning, "{Packets} packets and {Manifests} manifests that a clock far ahead had sealed, and that bucks do not take, are sealed again at {Now}")]
    public static partial void SealedAgain(ILogger log, int packets, int manifests, string now);
}
