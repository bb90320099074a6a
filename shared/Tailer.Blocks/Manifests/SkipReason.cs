namespace Tailer.Blocks;

/// <summary>Why a range is not there; the values are in manifests and segment footers.</summary>
public enum SkipReason : byte
{
    /// <summary>Claimed by a manifest, but no packet with it was found.</summary>
    Missing = 0,
    DeletedUnread = 1,
    TruncatedUnread = 2,
    DroppedByRule = 3,
    Unreadable = 4,
    SpoolLost = 5,

    /// <summary>The file came and went before it could be opened; the range is 0 to 1, for nobody knows how long it was.</summary>
    Unseen = 6,
}
