namespace Tailer.Blocks;

/// <summary>How a column's values are written; the values are in blocks.</summary>
internal enum ColumnCoding : byte
{
    /// <summary>All of one length, one after the other.</summary>
    Fixed = 0,

    /// <summary>One after the other, lengths beside them.</summary>
    Variable = 1,

    /// <summary>Places in a dictionary; what occurs once is written out.</summary>
    Dictionary = 2,

    /// <summary>Numbers as the difference to the one before.</summary>
    Delta = 3,
}
