using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Finds texts in lines that must not leave the host. Not thread-safe.</summary>
internal abstract class Mask(string rule)
{
    public RuleCount Count { get; } = new("mask", rule);

    /// <summary>False when the line surely has none; cheap. The bytes are as they are in the file.</summary>
    public abstract bool MayMatch(SourceView view, ReadOnlySpan<byte> bytes);

    /// <summary>Adds the ranges of characters to hide; the text is the line as its view reads it.</summary>
    public abstract void Find(ReadOnlySpan<char> text, List<(int From, int To)> into);
}
