namespace Tailer.Wire;

/// <summary>Why a packet was not stored. The numbers are on the wire.</summary>
public enum NackReason
{
    None = 0,

    /// <summary>No room; try another buck, and this one later.</summary>
    DiskFull = 1,

    /// <summary>The frame's checksums or its id do not fit; send it again from the spool.</summary>
    DamagedFrame = 2,

    /// <summary>The frame names another agent than the credential; never accepted from this sender.</summary>
    WrongAgent = 3,

    /// <summary>The bucket time is too far in the future or the past; check the agent's clock.</summary>
    BucketTimeOutside = 4,

    /// <summary>Larger than this buck takes.</summary>
    TooLarge = 5,

    /// <summary>The buck is stopping; send it elsewhere.</summary>
    ShuttingDown = 6,

    /// <summary>Too much is waiting for the disk.</summary>
    Busy = 7,

    /// <summary>Writing failed; the text says how.</summary>
    DiskError = 8,

    /// <summary>A frame version this buck does not know.</summary>
    UnknownVersion = 9,

    /// <summary>A line claims a host that the credential's hosts policy does not allow.</summary>
    HostNotAllowed = 10,
}
