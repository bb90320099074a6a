namespace Tailer.Blocks;

/// <summary>What is known of an event beside its bytes; the bits are in blocks.</summary>
[Flags]
public enum EventFlags : byte
{
    None = 0,

    /// <summary>Belongs to the record the previous event of the source began (a stack trace's further lines).</summary>
    Continues = 1,

    /// <summary>The line goes on in the source's next event.</summary>
    Partial = 2,

    /// <summary>No time could be read; it has that of the source's previous event.</summary>
    TimeInherited = 4,

    /// <summary>A rule changed the bytes; offset and length are the original's.</summary>
    Altered = 8,
}
