namespace Tailer.Agent;

/// <summary>
/// Knows lines of stack traces as Java, .NET, Python and Go print them. What a line is to the next one is a function of the state before
/// and of the line, the same for all kinds, so that it can be computed again from what was spooled.
/// </summary>
internal static class TraceLines
{
    /// <summary>Whether a line of these kinds continues the record before it. The text is without its line end.</summary>
    public static bool Continues(TraceKinds kinds, RecordState before, ReadOnlySpan<byte> text)
    {
        if (before == RecordState.Start)
            return false;
        if (before == RecordState.Chunk)
            return true;
        bool isIndented = !text.IsEmpty && text[0] is (byte)' ' or (byte)'\t';
        return (kinds.HasFlag(TraceKinds.Indent) && isIndented)
            || ((kinds & (TraceKinds.Java | TraceKinds.DotNet)) != 0 && ContinuesFrames(before, text))
            || (kinds.HasFlag(TraceKinds.Python) && ContinuesPython(before, text, isIndented))
            || (kinds.HasFlag(TraceKinds.Go) && ContinuesGo(before, text, isIndented));
    }

    /// <summary>The state after a line, known whether it continued its record.</summary>
    public static RecordState After(RecordState before, ReadOnlySpan<byte> text, bool continues)
    {
        if (text.StartsWith(PythonStart))
            return RecordState.Python;
        if (IsFrame(text) || (continues && text.StartsWith("Caused by: "u8)))
            return RecordState.Frame;
        if (IsGoStart(text))
            return RecordState.Go;
        if (!continues || before is RecordState.Start or RecordState.Chunk)
            return RecordState.Other;
        if (text.IsEmpty)
            return before;
        if (IsPythonChain(text))
            return RecordState.PythonChain;
        return before switch
        {
            RecordState.Python => text[0] is (byte)' ' or (byte)'\t' ? RecordState.Python : RecordState.PythonEnd,
            RecordState.PythonEnd or RecordState.PythonChain or RecordState.Go => before,
            _ => RecordState.Other,
        };
    }

    private static ReadOnlySpan<byte> PythonStart => "Traceback (most recent call last):"u8;

    /// <summary>
    /// Frames, causes, and the exception itself behind the line that logged it. Behind a frame an exception begins a trace of its own: within
    /// one trace it would be a cause.
    /// </summary>
    private static bool ContinuesFrames(RecordState before, ReadOnlySpan<byte> text) =>
        IsFrame(text) || text.StartsWith("Caused by: "u8) || text.TrimStart(" \t"u8).StartsWith("Suppressed: "u8)
        || text.TrimStart(" \t"u8).StartsWith("---> "u8) || (before == RecordState.Other && IsException(text));

    private static bool IsFrame(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> inner = text.TrimStart(" \t"u8);
        bool isIndented = inner.Length < text.Length;
        return (isIndented && (inner.StartsWith("at "u8) || (inner.StartsWith("... "u8) && inner.Length > 4 && LineScanner.IsDigit(inner[4]))))
            || inner.StartsWith("--- End of "u8);
    }

    /// <summary>A dotted name that ends with Exception, Error or Throwable, then a colon or the end.</summary>
    private static bool IsException(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)':', (byte)' ');
        if (end >= 0 && text[end] == ' ')
            return false;
        ReadOnlySpan<byte> name = end < 0 ? text : text[..end];
        return name.Contains((byte)'.') && LineScanner.IsLetter(name[0])
            && (name.EndsWith("Exception"u8) || name.EndsWith("Error"u8) || name.EndsWith("Throwable"u8));
    }

    private static bool ContinuesPython(RecordState before, ReadOnlySpan<byte> text, bool isIndented)
    {
        // Behind an ended traceback another one is a record of its own, unless the lines between say that they belong together.
        if (text.StartsWith(PythonStart))
            return before is RecordState.Other or RecordState.PythonChain;
        return before switch
        {
            RecordState.Python => true,
            RecordState.PythonEnd => isIndented || text.IsEmpty || IsPythonChain(text),
            RecordState.PythonChain => text.IsEmpty,
            _ => false,
        };
    }

    private static bool IsPythonChain(ReadOnlySpan<byte> text) =>
        text.StartsWith("During handling of the above exception"u8) || text.StartsWith("The above exception was the direct cause"u8);

    private static bool ContinuesGo(RecordState before, ReadOnlySpan<byte> text, bool isIndented)
    {
        if (IsGoroutine(text))
            return true;
        if (before != RecordState.Go || IsGoStart(text))
            return false;
        return isIndented || text.IsEmpty || text.StartsWith("created by "u8) || text.StartsWith("[signal "u8) || text.StartsWith("exit status "u8) || IsGoCall(text);
    }

    private static bool IsGoStart(ReadOnlySpan<byte> text) => text.StartsWith("panic: "u8) || text.StartsWith("fatal error: "u8) || IsGoroutine(text);

    private static bool IsGoroutine(ReadOnlySpan<byte> text) =>
        text.StartsWith("goroutine "u8) && text.Length > 10 && LineScanner.IsDigit(text[10]) && text.Contains((byte)'[');

    /// <summary><c>main.(*server).handle(0xc000010000, {0x1, 0x2})</c>, <c>main.main()</c>.</summary>
    private static bool IsGoCall(ReadOnlySpan<byte> text)
    {
        int open = text.IndexOf((byte)'(');
        return open > 0 && text[^1] == ')' && text[..open].Contains((byte)'.') && !text[..open].Contains((byte)' ');
    }
}
