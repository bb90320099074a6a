using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Where a packet or manifest lies in the spool; its bytes are read when they are sent.</summary>
internal sealed record SpoolRecord(SpoolMark Mark, RecordType Type, PacketId Id, int BodyBytes)
{
    /// <summary>The mark behind it.</summary>
    public SpoolMark Next => Mark with { Position = Mark.Position + RecordHeader.Bytes + BodyBytes };
}
