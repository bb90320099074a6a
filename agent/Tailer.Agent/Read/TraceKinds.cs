namespace Tailer.Agent;

/// <summary>Ready-made rules for lines that continue a record.</summary>
[Flags]
internal enum TraceKinds
{
    None = 0,

    /// <summary>A line that begins with a blank or a tab.</summary>
    Indent = 1,
    Java = 2,
    Python = 4,
    Go = 8,
    DotNet = 16,
}
