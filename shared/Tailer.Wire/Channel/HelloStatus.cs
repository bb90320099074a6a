namespace Tailer.Wire;

/// <summary>The responder's answer in its hello. The numbers are on the wire.</summary>
internal enum HelloStatus
{
    Ok = 0,
    OtherEnvironment = 1,
    NoCommonVersion = 2,
    Busy = 3,
}
