namespace Tailer.Buck;

/// <summary>How a viewer gets its lines (docs/formats/http.md, section 4).</summary>
internal enum LiveFormat
{
    /// <summary>JSON batches of the SignalR hub.</summary>
    Hub,

    /// <summary>The lines' own bytes.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>Server-sent events.</summary>
    EventStream,
}
