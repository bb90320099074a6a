using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>Log records 3xxx.</summary>
internal static partial class BuckLog
{
    [LoggerMessage(3001, LogLevel.Warning, "{File}: a torn tail of {Bytes} bytes was cut; it was never acknowledged, or not yet synced when the power went")]
    public static partial void TornTail(ILogger logger, string file, long bytes);

    [LoggerMessage(3002, LogLevel.Error, "{File}: bytes {From} to {To} hold no valid record and are skipped; the porter takes the other copy")]
    public static partial void Damage(ILogger logger, string file, long from, long to);

    [LoggerMessage(3003, LogLevel.Error, "{Bucket}: the disk is full ({Reason}); packets are refused until there is room, agents keep them")]
    public static partial void DiskFull(ILogger logger, string bucket, string reason);

    [LoggerMessage(3004, LogLevel.Critical, "{Path}: the disk failed; nothing is taken until the buck is started again, agents send to other bucks")]
    public static partial void DiskFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(3010, LogLevel.Warning, "packet {Packet} of agent {Agent} cannot be decoded ({Error}); it is stored but not shown")]
    public static partial void NotDecodable(ILogger logger, PacketId packet, string agent, BlockError error);
}
