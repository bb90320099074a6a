namespace Tailer.Agent;

/// <summary>How far the agent is with a source.</summary>
internal enum SourceState : byte
{
    /// <summary>Read to its end and watched for more.</summary>
    Following = 0,

    /// <summary>Rotated and read to its end; no longer held open, opened again should it grow.</summary>
    Parked = 1,

    /// <summary>Nothing more can come: truncated, or deleted and read to its end.</summary>
    Finished = 2,
}
