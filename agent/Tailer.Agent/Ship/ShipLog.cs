using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What shipping logs; event ids 2300 to 2349.</summary>
internal static partial class ShipLog
{
    [LoggerMessage(2300, LogLevel.Information, "connected to buck {Buck} at {Address}")]
    public static partial void Connected(ILogger log, string buck, string address);

    [LoggerMessage(2301, LogLevel.Warning, "buck {Buck}: {Reason}; trying again, its packets go to other bucks")]
    public static partial void CannotConnect(ILogger log, string buck, string reason);

    [LoggerMessage(2302, LogLevel.Warning, "lost the connection to buck {Buck} ({Reason}); trying again")]
    public static partial void Lost(ILogger log, string buck, string reason);

    [LoggerMessage(2303, LogLevel.Error, "buck {Buck} refuses this agent: {Reason}")]
    public static partial void Refused(ILogger log, string buck, string reason);

    [LoggerMessage(2304, LogLevel.Warning, "buck {Buck} did not take packet {Packet}: {Reason} {Text}; it goes to another buck")]
    public static partial void NotTaken(ILogger log, string buck, PacketId packet, string reason, string text);

    [LoggerMessage(2305, LogLevel.Error, "the record at {Position} of the spool's bucket {Bucket} is damaged and cannot be sent; audit will name its lines")]
    public static partial void SpoolRecordDamaged(ILogger log, string bucket, long position);

    [LoggerMessage(2306, LogLevel.Information, "{Found} of {Asked} packets that a porter misses are sent again from the spool")]
    public static partial void WantAnswered(ILogger log, int found, int asked);

    [LoggerMessage(2307, LogLevel.Warning, "{Count} requests for packets were put off: too many at once; the porter asks again")]
    public static partial void WantDropped(ILogger log, int count);

    [LoggerMessage(2308, LogLevel.Warning, "buck {Buck} answers slowly beside the others; it is set aside for a while, its packets go to other bucks")]
    public static partial void SetAside(ILogger log, string buck);

    [LoggerMessage(2309, LogLevel.Error, "every buck refused the packet at {Position} of the spool's bucket {Bucket} until it was older than spool.max_age; it is given up, the manifest says so, and audit names its lines")]
    public static partial void GivenUp(ILogger log, string bucket, long position);

    [LoggerMessage(2310, LogLevel.Warning, "no buck takes the copy of the whole bucket {Bucket}; it is not made, its packets are delivered as ever")]
    public static partial void NotCopied(ILogger log, string bucket);

    [LoggerMessage(2311, LogLevel.Error, "bucks refuse what was sealed at {SealedTime}, as ahead of their clocks; this host's clock says {Now}. One of the clocks is wrong; lines are kept until it is set right")]
    public static partial void ClocksDisagree(ILogger log, string sealedTime, string now);
}
