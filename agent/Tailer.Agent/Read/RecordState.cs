namespace Tailer.Agent;

/// <summary>
/// What the line before was to the record it is in: all that the next line's judgement needs. The values are in checkpoints, three bits.
/// </summary>
internal enum RecordState : byte
{
    /// <summary>There is none before.</summary>
    Start = 0,

    /// <summary>A line of no known kind: one that starts a record, or any that continues one.</summary>
    Other = 1,

    /// <summary>A frame of a Java or .NET trace.</summary>
    Frame = 2,

    /// <summary>In a Python traceback, whose exception is yet to come.</summary>
    Python = 3,

    /// <summary>The exception that ends a Python traceback.</summary>
    PythonEnd = 4,

    /// <summary>Says that another Python traceback belongs to the one before.</summary>
    PythonChain = 5,

    /// <summary>In a Go trace.</summary>
    Go = 6,

    /// <summary>A chunk of a line that a container runtime cut: the next line goes on with it.</summary>
    Chunk = 7,
}
