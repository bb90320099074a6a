namespace Tailer.Wire;

/// <summary>Bits of an APPEND's envelope.</summary>
[Flags]
public enum AppendOptions
{
    None = 0,

    /// <summary>Acknowledge only when the bytes are on the disk.</summary>
    FsyncBeforeAck = 1,

    /// <summary>Replaces a copy that was found damaged.</summary>
    Healed = 2,

    /// <summary>Sent again after its bucket closed; not news for live viewers.</summary>
    BoundaryCopy = 4,
}
