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

    /// <summary>
    /// Some buck was asked to take this packet with this copy number before, and has not acknowledged it: if it is copy 0, it may be
    /// counted there.
    /// </summary>
    AskedBefore = 8,
}
