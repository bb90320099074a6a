namespace Tailer.Blocks;

/// <summary>A column of names as codec 1 has it: the names in order of first use, then runs of their indexes.</summary>
internal static class TextColumn
{
    /// <summary>Reads the names and an index into them per event; null when damaged.</summary>
    public static string[]? TryRead(ref SpanReader r, Span<ulong> indexes) =>
        NameTable.TryRead(ref r, indexes.Length) is { } names && RunColumn.TryRead(ref r, indexes, (ulong)names.Length - 1) ? names : null;
}
