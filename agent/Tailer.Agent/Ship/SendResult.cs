namespace Tailer.Agent;

/// <summary>What became of a record at one buck.</summary>
internal enum SendResult
{
    /// <summary>The buck has it.</summary>
    Taken,

    /// <summary>The connection ended, or there was none.</summary>
    NoConnection,

    /// <summary>No answer in time; should it come later, it does no harm.</summary>
    Late,

    /// <summary>This buck takes nothing at present: its disk is full, it stops, it is busy.</summary>
    BuckRefuses,

    /// <summary>This buck takes other records, but not this one.</summary>
    RecordRefused,

    /// <summary>The same, because the record was sealed ahead of the buck's clock by more than it allows: it may take it later.</summary>
    AheadOfBuck,
}
