using Tailer.Blocks;

namespace Tailer.Cli.Export;

/// <summary>Why bytes are missing, in words.</summary>
internal static class SkipText
{
    public static string Of(SkipReason reason) => reason switch
    {
        SkipReason.Missing => "no packet with them was found",
        SkipReason.DeletedUnread => "deleted before they could be read",
        SkipReason.TruncatedUnread => "truncated before they could be read",
        SkipReason.DroppedByRule => "dropped by a rule",
        SkipReason.Unreadable => "could not be read from the file",
        SkipReason.SpoolLost => "the agent's spool was lost",
        SkipReason.Unseen => "a file was created and gone before it could be opened; nobody knows how long it was",
        _ => $"reason {(int)reason}",
    };
}
