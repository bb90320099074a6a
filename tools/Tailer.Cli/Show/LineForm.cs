namespace Tailer.Cli.Show;

/// <summary>How lines are written.</summary>
internal enum LineForm
{
    /// <summary>Time, host, application, severity and text.</summary>
    Full,

    /// <summary>The line alone.</summary>
    Text,

    /// <summary>A JSON object each, with all fields.</summary>
    Json,
}
