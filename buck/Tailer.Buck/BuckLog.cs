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

    [LoggerMessage(3003, LogLevel.Error, "{Directory}: the disk is full ({FreeBytes} bytes are free, {ReserveBytes} are to stay free, or a quota is used up). It takes nothing until there is room: other disks do; where there is none packets are refused, and agents keep them")]
    public static partial void DiskFull(ILogger logger, string directory, long freeBytes, long reserveBytes);

    [LoggerMessage(3009, LogLevel.Information, "{Directory}: the disk has room again ({FreeBytes} bytes)")]
    public static partial void DiskHasRoom(ILogger logger, string directory, long freeBytes);

    [LoggerMessage(3004, LogLevel.Critical, "disk {Number} ({Directory}) failed and is set aside: {Path}: {Reason}. It is tried again; meanwhile other disks take its packets, and where there is none agents send to other bucks. Look into the kernel's log (dmesg), and at how to replace a disk in docs/operating.md")]
    public static partial void DiskFailed(ILogger logger, int number, string directory, string path, string reason);

    [LoggerMessage(3011, LogLevel.Error, "the disk at {Directory} cannot be used: {Reason}. It is tried again in {Seconds} s; meanwhile other disks take its packets")]
    public static partial void DiskAway(ILogger logger, string directory, string reason, double seconds);

    [LoggerMessage(3012, LogLevel.Information, "disk {Number} ({Directory}) is {There}: {FreeBytes} bytes are free, its weight is {Weight}")]
    public static partial void DiskThere(ILogger logger, string there, int number, string directory, long freeBytes, int weight);

    [LoggerMessage(3013, LogLevel.Error, "{Directory}: what was written last may not be on the disk: {Reason}")]
    public static partial void DiskNotClosed(ILogger logger, string directory, string reason);

    [LoggerMessage(3014, LogLevel.Warning, "{Directory} was disk {Number} and is not among the disks of the configuration: its buckets are not listed, read or pruned. Add it with 'drain: true' unless it is empty or broken")]
    public static partial void DiskNotConfigured(ILogger logger, string directory, int number);

    [LoggerMessage(3005, LogLevel.Error, "{File}: the record {Record} in bytes {From} to {To} is damaged; a porter brings the other copy. When this comes again, replace the disk")]
    public static partial void DamagedRecord(ILogger logger, string file, long from, long to, PacketId record);

    [LoggerMessage(3006, LogLevel.Error, "{File}: bytes {From} to {To} hold no valid record header; {Count} records found behind it were stored again. When this comes again, replace the disk")]
    public static partial void Salvaged(ILogger logger, string file, long from, long to, int count);

    [LoggerMessage(3007, LogLevel.Information, "{File}: record {Record} is healed")]
    public static partial void Healed(ILogger logger, string file, PacketId record);

    [LoggerMessage(3008, LogLevel.Error, "{File}: the scrub could not read it: {Reason}; it is tried again in the next round")]
    public static partial void ScrubFailed(ILogger logger, string file, string reason);

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

    [LoggerMessage(3040, LogLevel.Information, "'{Subject}' watches: {Query}, before that {Backlog}")]
    public static partial void Watches(ILogger logger, string subject, string query, string backlog);

    [LoggerMessage(3047, LogLevel.Information, "'{Subject}' loads {Packets} packets that were dropped: {Query}")]
    public static partial void Loads(ILogger logger, string subject, int packets, string query);

    [LoggerMessage(3042, LogLevel.Warning, "{Directory}: the counters cannot be kept ({Reason}); they go on, but a crash would lose what was counted since they were saved last")]
    public static partial void CountersNotSaved(ILogger logger, string directory, string reason);

    [LoggerMessage(3043, LogLevel.Warning, "{File} cannot be read ({Reason}); all counters begin at 0")]
    public static partial void CountersUnreadable(ILogger logger, string file, string reason);

    [LoggerMessage(3044, LogLevel.Information, "counter {Name} is gone from the configuration or asks something else now: what it had counted is forgotten")]
    public static partial void CounterForgotten(ILogger logger, string name);

    [LoggerMessage(3045, LogLevel.Warning, "Graphite at {Address} does not take the counters: {Reason}; counting goes on, points are missing until it does")]
    public static partial void GraphiteFails(ILogger logger, string address, string reason);

    [LoggerMessage(3046, LogLevel.Information, "Graphite at {Address} takes the counters again")]
    public static partial void GraphiteBack(ILogger logger, string address);

    [LoggerMessage(3041, LogLevel.Information, "pages and scripts: http://{Address}")]
    public static partial void ServesHttp(ILogger logger, string address);
}
