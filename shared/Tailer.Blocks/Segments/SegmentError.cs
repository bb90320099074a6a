namespace Tailer.Blocks;

/// <summary>Why a file is not a readable segment.</summary>
public enum SegmentError
{
    None,
    Truncated,
    NoMagic,
    TrailerChecksum,
    UnknownVersion,
    OverLimits,
    FooterChecksum,
    DamagedFooter,
}
