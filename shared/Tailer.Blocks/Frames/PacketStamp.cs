namespace Tailer.Blocks;

/// <summary>What the agent says of a packet when it seals it.</summary>
public sealed record PacketStamp
{
    public required string Agent { get; init; }
    public required EpochId Epoch { get; init; }
    public required ulong Number { get; init; }

    /// <summary>The agent's clock, never less than that of the packet before.</summary>
    public required ulong SealedTime { get; init; }
    public required int BucketSeconds { get; init; }
    public byte ParserVersion { get; init; } = 1;
    public FrameFlags Flags { get; init; }
    public BoundaryCopy BoundaryCopy { get; init; }
    public int Copies { get; init; } = 2;
}
