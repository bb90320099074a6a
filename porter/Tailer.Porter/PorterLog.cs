using Microsoft.Extensions.Logging;

namespace Tailer.Porter;

/// <summary>Log records 4xxx.</summary>
internal static partial class PorterLog
{
    [LoggerMessage(4001, LogLevel.Warning, "buck {Buck} cannot be asked: {Reason}; going on without it, what only it has comes later")]
    public static partial void BuckUnreachable(ILogger logger, string buck, string reason);

    [LoggerMessage(4002, LogLevel.Information, "buck {Buck} answers again")]
    public static partial void BuckIsBack(ILogger logger, string buck);

    [LoggerMessage(4003, LogLevel.Warning, "reading {File} of buck {Buck} broke off: {Reason}; other copies are tried")]
    public static partial void ReadBrokeOff(ILogger logger, string buck, string file, string reason);

    [LoggerMessage(4004, LogLevel.Error, "buck {Buck} has a damaged copy of {Record} at byte {Position} of {File}; another copy is tried")]
    public static partial void DamagedCopy(ILogger logger, string buck, string file, long position, string record);

    [LoggerMessage(4005, LogLevel.Error, "packet {Packet} cannot be decoded ({Error}); it stays at the bucks until a porter that can has archived it")]
    public static partial void UnreadablePacket(ILogger logger, string packet, string error);

    [LoggerMessage(4006, LogLevel.Warning, "no good copy of {Count} packets of bucket {Bucket} can be had now; they are tried again when a buck has them")]
    public static partial void NoGoodCopy(ILogger logger, int count, string bucket);

    [LoggerMessage(4007, LogLevel.Error, "manifest {Manifest} cannot be read; it stays at the bucks")]
    public static partial void UnreadableManifest(ILogger logger, string manifest);

    [LoggerMessage(4010, LogLevel.Information, "this porter works: it holds the lease at {Buck}")]
    public static partial void LeaseTaken(ILogger logger, string buck);

    [LoggerMessage(4011, LogLevel.Information, "porter {Holder} works; this one waits")]
    public static partial void LeaseElsewhere(ILogger logger, string holder);

    [LoggerMessage(4020, LogLevel.Debug, "recent: {Events} events of bucket {Bucket} from {Packets} packets")]
    public static partial void Indexed(ILogger logger, string bucket, int packets, int events);

    [LoggerMessage(4021, LogLevel.Error, "recent: this round failed and is tried again: {Reason}")]
    public static partial void RecentFailed(ILogger logger, string reason, Exception exception);

    [LoggerMessage(4022, LogLevel.Error, "recent: segment {Name} cannot be read: {Reason}; its packets are indexed again where bucks still have them")]
    public static partial void DamagedRecent(ILogger logger, string name, string reason);

    [LoggerMessage(4023, LogLevel.Warning, "recent: the index cannot be opened: {Reason}; trying again")]
    public static partial void RecentUnavailable(ILogger logger, string reason);

    [LoggerMessage(4030, LogLevel.Information, "sealed {Span} ({How}): {Events} events, {RawBytes} raw bytes in {StoredBytes}, as {Name}")]
    public static partial void Sealed(ILogger logger, string span, string how, long events, long rawBytes, long storedBytes, string name);

    [LoggerMessage(4031, LogLevel.Warning, "span {Span} is sealed sparse: {Missing} packets missing, {Gaps} gaps, silent agents: {Silent}")]
    public static partial void Sparse(ILogger logger, string span, int missing, int gaps, string silent);

    [LoggerMessage(4032, LogLevel.Information, "span {Span} waits for {Missing} packets and {Silent} agents until {Until}")]
    public static partial void Waits(ILogger logger, string span, int missing, int silent, string until);

    [LoggerMessage(4033, LogLevel.Error, "source {Source} bytes {From}..{To}: different bytes came for the same range; all are kept. Was a file rewritten in place?")]
    public static partial void Conflict(ILogger logger, string source, ulong from, ulong to);

    [LoggerMessage(4034, LogLevel.Error, "archive object {Name} does not read back: {Reason}; it is removed and sealed again")]
    public static partial void DamagedObject(ILogger logger, string name, string reason);

    [LoggerMessage(4035, LogLevel.Error, "archive: this round failed and is tried again: {Reason}")]
    public static partial void ArchiveFailed(ILogger logger, string reason, Exception exception);

    [LoggerMessage(4036, LogLevel.Warning, "archive object {Name} repeats packets of {Other}: another porter ran at the same time; it is replaced by {Name2}")]
    public static partial void Superseded(ILogger logger, string name, string other, string name2);

    [LoggerMessage(4037, LogLevel.Information, "buck {Buck}: its damaged copy of {Record} is healed from buck {Other}")]
    public static partial void Healed(ILogger logger, string buck, string record, string other);

    [LoggerMessage(4040, LogLevel.Debug, "buck {Buck} dropped {File}")]
    public static partial void Pruned(ILogger logger, string buck, string file);

    [LoggerMessage(4041, LogLevel.Information, "buck {Buck} keeps {File}: {Outcome}; what came since is archived first")]
    public static partial void NotPruned(ILogger logger, string buck, string file, string outcome);

    [LoggerMessage(4042, LogLevel.Warning, "removed {Path}, which a crash had left")]
    public static partial void Swept(ILogger logger, string path);
}
