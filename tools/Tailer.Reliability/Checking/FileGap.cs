using Tailer.Blocks;

namespace Tailer.Reliability;

/// <summary>A gap that <c>tailer audit</c> names.</summary>
internal readonly record struct FileGap(SourceId Source, ByteRange Range, string Why)
{
    /// <summary>A file that was gone before it could be opened.</summary>
    public bool IsUnseen => Why == "unseen";
}
