namespace Tailer.Cli.Check;

/// <summary>What a check found; the values are the exit codes that Nagios, Icinga and their like expect of a plug-in.</summary>
internal enum CheckState
{
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
}
