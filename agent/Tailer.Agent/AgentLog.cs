using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What finding and reading log; event ids 2000 to 2199.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(2001, LogLevel.Debug, "{Path}: following {Place} as source {Source}")]
    public static partial void Found(ILogger logger, string path, string place, SourceId source);

    [LoggerMessage(2002, LogLevel.Warning, "{Path} cannot be read: {Reason}; tried again at every look, its lines wait in the file")]
    public static partial void ReadFailed(ILogger logger, string path, string reason);

    [LoggerMessage(2003, LogLevel.Information, "{Path} was truncated at {Position}; it is read from its beginning as a new source")]
    public static partial void Truncated(ILogger logger, string path, ulong position);

    [LoggerMessage(2004, LogLevel.Warning, "{Path}: bytes {From} to {To} were gone before they could be read ({Reason}); the manifest says so")]
    public static partial void Lost(ILogger logger, string path, ulong from, ulong to, SkipReason reason);

    [LoggerMessage(2005, LogLevel.Warning, "{Count} known sources are of paths that are no longer configured; they are forgotten")]
    public static partial void NoLongerConfigured(ILogger logger, int count);

    [LoggerMessage(2006, LogLevel.Information, "following {Files} files under {Paths} paths")]
    public static partial void Following(ILogger logger, int files, int paths);

    [LoggerMessage(2008, LogLevel.Information, "{Path} is read on in {Place}, which has its bytes, from {Position} on")]
    public static partial void Continued(ILogger logger, string path, string place, ulong position);

    [LoggerMessage(2009, LogLevel.Warning, "the archive {Place} cannot be unpacked behind {Position} bytes ({Reason}); what follows is not sent")]
    public static partial void ArchiveDamaged(ILogger logger, string place, ulong position, string reason);

    [LoggerMessage(2010, LogLevel.Debug, "{Path}: {Place} has the name of a rotation and is not read: {Why}")]
    public static partial void Dismissed(ILogger logger, string path, string place, string why);

    [LoggerMessage(2100, LogLevel.Warning, "{Directory} cannot be listed or searched by the agent's user: files in it are not found. It needs read and search permission, or the agent CAP_DAC_READ_SEARCH, and a path of less than 4096 bytes")]
    public static partial void Hidden(ILogger logger, string directory);

    [LoggerMessage(2101, LogLevel.Warning, "{Path}: deleted files held open take more than held_bytes_max ({Bytes} bytes); this one, the longest deleted, is let go at {Position}")]
    public static partial void LetGo(ILogger logger, string path, long bytes, ulong position);

    [LoggerMessage(2102, LogLevel.Warning, "{Path}: {Files} files were created and gone before they could be opened; how long they were, nobody knows; the manifest says so")]
    public static partial void Unseen(ILogger logger, string path, int files);

    [LoggerMessage(2103, LogLevel.Warning, "the process may have {Limit} files open: {Held} followed ones are held open instead of handles_max, {Wanted}, others are opened to be read; raise LimitNOFILE or ulimit -n")]
    public static partial void FewHandles(ILogger logger, long limit, int held, int wanted);

    [LoggerMessage(2007, LogLevel.Warning, "not every change is told by the kernel ({Trouble}); all files are looked at every {Seconds} s instead")]
    public static partial void NotWatched(ILogger logger, string trouble, double seconds);
}
