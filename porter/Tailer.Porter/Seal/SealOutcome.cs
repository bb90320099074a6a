namespace Tailer.Porter;

/// <summary>What a look at a span came to.</summary>
internal enum SealOutcome
{
    /// <summary>Everything the bucks hold of it that can be read is archived.</summary>
    Archived,

    /// <summary>Something was sealed; the next look tells whether that was all.</summary>
    Sealed,

    /// <summary>It is not to be sealed yet: something is missing, or still arriving.</summary>
    Waits,
}
