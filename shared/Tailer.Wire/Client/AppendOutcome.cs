namespace Tailer.Wire;

/// <summary>What became of a packet or manifest.</summary>
public enum AppendOutcome
{
    /// <summary>Stored as its flags ask.</summary>
    Stored,

    /// <summary>This buck had it already: as good as stored.</summary>
    HadIt,

    /// <summary>Not stored; see the reason.</summary>
    Refused,

    /// <summary>The connection ended before the answer: it may or may not be stored.</summary>
    Disconnected,
}
