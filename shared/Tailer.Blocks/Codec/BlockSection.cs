namespace Tailer.Blocks;

/// <summary>The sections of a codec 2 block, in their order; each can be unpacked without the others.</summary>
internal enum BlockSection
{
    /// <summary>Names, time formats, streams, offsets, and how times are written.</summary>
    Meta,

    /// <summary>Steps of event time.</summary>
    Times,

    /// <summary>Which stream each event is of.</summary>
    Streams,

    /// <summary>Slots, lengths, severities and flags of templates, and how their columns are coded.</summary>
    Heads,

    /// <summary>Static text of templates.</summary>
    Templates,

    /// <summary>Which template each event is of, stream by stream.</summary>
    TemplateIds,

    /// <summary>Values of columns of digits.</summary>
    Digits,

    /// <summary>Values of other columns.</summary>
    Words,

    /// <summary>Places in dictionaries of columns.</summary>
    Indexes,

    /// <summary>Lengths of values.</summary>
    Lengths,

    /// <summary>Steps of columns of numbers.</summary>
    Numbers,
}
