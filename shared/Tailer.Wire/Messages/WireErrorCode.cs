namespace Tailer.Wire;

/// <summary>Why a request was not answered as asked. The numbers are on the wire; those from 1000 on are made locally.</summary>
public enum WireErrorCode
{
    /// <summary>The peer does not know this type of message; it may be an older version.</summary>
    UnknownType = 1,

    /// <summary>The credential's role may not send this message.</summary>
    NotAllowed = 2,

    /// <summary>The message's body could not be read.</summary>
    Malformed = 3,

    /// <summary>Too many requests at once; try again later.</summary>
    Busy = 4,

    /// <summary>The peer failed while working on it; the text says how.</summary>
    Failed = 5,

    /// <summary>The query text is wrong; the text says where.</summary>
    BadQuery = 6,

    /// <summary>The peer is stopping.</summary>
    ShuttingDown = 7,

    /// <summary>The connection ended before the answer.</summary>
    Disconnected = 1000,

    /// <summary>No answer in time.</summary>
    TimedOut = 1001,

    /// <summary>The answer was of another type or malformed.</summary>
    BadReply = 1002,
}
