namespace Tailer.Blocks;

/// <summary>A range of a source that will never be sent, and why.</summary>
public readonly record struct Skip(ulong From, ulong To, SkipReason Reason)
{
    /// <summary>Of a file that was gone before it could be opened: its length is not known, so this is the shortest range.</summary>
    public static readonly Skip Unseen = new(0, 1, SkipReason.Unseen);
}
