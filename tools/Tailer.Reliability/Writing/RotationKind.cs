namespace Tailer.Reliability;

/// <summary>How the writer makes room, in the words of logrotate(8).</summary>
internal enum RotationKind
{
    /// <summary>Renamed to <c>app.log.000001</c> and so on, which stay.</summary>
    Numbered,

    /// <summary>Renamed to <c>app.log.1</c>, what was there to <c>.2</c> and so on; the last of those kept is deleted.</summary>
    Shifted,

    /// <summary>Copied to <c>app.log.1</c>, shifted in the same way, and truncated.</summary>
    CopyTruncate,
}
