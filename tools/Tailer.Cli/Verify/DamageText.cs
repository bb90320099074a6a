using Tailer.Blocks;

namespace Tailer.Cli.Verify;

/// <summary>Errors of the readers in words.</summary>
internal static class DamageText
{
    public static string Of(BlockError error) => error switch
    {
        BlockError.UnknownCodec => "has a codec this program does not know: damaged, or written by a newer version",
        BlockError.UnknownDictionary => "is packed with a dictionary this program does not have: damaged, or written by a newer version",
        BlockError.OverLimits => "claims more than a block may hold",
        BlockError.DamagedBody => "does not unpack",
        BlockError.DamagedColumns => "unpacks to columns that contradict each other",
        BlockError.TextChecksum => "unpacks to lines whose checksum does not fit",
        _ => $"cannot be decoded ({error})",
    };

    public static string Of(FrameError error) => error switch
    {
        FrameError.Truncated => "is shorter than its header says",
        FrameError.NoMagic => "does not begin with the magic of a packet",
        FrameError.UnknownVersion => "is of a version this program does not know: damaged, or written by a newer one",
        FrameError.OverLimits => "has lengths that cannot be",
        FrameError.HeaderChecksum => "has a header whose checksum does not fit",
        FrameError.DamagedSources => "has a source table that cannot be read",
        FrameError.PayloadChecksum => "has a block whose checksum does not fit",
        _ => $"cannot be read ({error})",
    };
}
