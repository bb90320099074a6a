namespace Tailer.Agent;

/// <summary>What became of a record that was to be sealed again.</summary>
internal enum ResealOutcome
{
    /// <summary>What it says is in the spool once more, under a time that bucks take: it needs not be sent any more.</summary>
    Sealed,

    /// <summary>It is not far ahead of this host's clock, or not any more: it is sent as it is.</summary>
    NotAhead,

    /// <summary>It cannot be read back.</summary>
    Damaged,
}
