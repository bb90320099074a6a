using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Wire;

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

    [LoggerMessage(3020, LogLevel.Information, "listens on {Address} as buck {Name} of environment {Environment}")]
    public static partial void Listens(ILogger logger, string address, string name, string environment);

    [LoggerMessage(3021, LogLevel.Warning, "{Peer} was turned away: {Reason}")]
    public static partial void PeerRefused(ILogger logger, string peer, string reason);

    [LoggerMessage(3022, LogLevel.Information, "{Peer} connected from {Address}")]
    public static partial void PeerConnected(ILogger logger, string peer, string address);

    [LoggerMessage(3023, LogLevel.Information, "{Peer} disconnected: {Reason}")]
    public static partial void PeerDisconnected(ILogger logger, string peer, DisconnectReason reason);

    [LoggerMessage(3024, LogLevel.Warning, "{Peer}: refused ({Reason}): {Text}")]
    public static partial void Refused(ILogger logger, string peer, NackReason reason, string text);

    [LoggerMessage(3025, LogLevel.Error, "{Type} of {Peer} failed")]
    public static partial void RequestFailed(ILogger logger, MessageType type, string peer, Exception exception);

    [LoggerMessage(3026, LogLevel.Information, "goodbye of {Host} (retired: {Retired}): {Reason}")]
    public static partial void SaidGoodbye(ILogger logger, string host, bool retired, string reason);

    [LoggerMessage(3027, LogLevel.Warning, "{Problem}")]
    public static partial void RevocationsNotTaken(ILogger logger, string problem);

    [LoggerMessage(3030, LogLevel.Information, "{Peer} searches unsealed buckets: {Query}, events from {From} to {To}")]
    public static partial void Searches(ILogger logger, string peer, string query, string from, string to);

    [LoggerMessage(3031, LogLevel.Information, "{Peer} prunes {File} of {Bytes} bytes: {Outcome}")]
    public static partial void Prunes(ILogger logger, string peer, string file, long bytes, PruneOutcome outcome);

    [LoggerMessage(3040, LogLevel.Information, "'{Subject}' watches: {Query}")]
    public static partial void Watches(ILogger logger, string subject, string query);

    [LoggerMessage(3041, LogLevel.Information, "pages and scripts: http://{Address}")]
    public static partial void ServesHttp(ILogger logger, string address);
}
