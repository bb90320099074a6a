namespace Tailer.Blocks;

/// <summary>RFC 5424 severities plus one, 0 being unknown; a smaller number is worse. The values are in blocks.</summary>
public enum Severity : byte
{
    Unknown = 0,
    Emergency = 1,
    Alert = 2,
    Critical = 3,
    Error = 4,
    Warning = 5,
    Notice = 6,
    Info = 7,
    Debug = 8,
    Trace = 9,
}
