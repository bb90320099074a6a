namespace Tailer.Hosting;

/// <summary>What a command line asks a daemon to do.</summary>
internal enum DaemonAction
{
    Run,
    Check,
    Version,
    Help,
    Refuse,
}
