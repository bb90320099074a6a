namespace Tailer.Hosting;

/// <summary>The exit codes of every executable; docs/operating.md lists them for operators. They follow sysexits.h where it has one.</summary>
public static class ExitCode
{
    /// <summary>Done, or stopped as asked.</summary>
    public const int Ok = 0;

    /// <summary>An audit found a gap or a silent host, a file could be rebuilt only in part, or one is damaged.</summary>
    public const int Incomplete = 3;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 64;

    /// <summary>Something needed is not there: a port is taken, the state directory is in use, a peer refused the credential.</summary>
    public const int Unavailable = 69;

    /// <summary>A defect in the program; the message has a stack trace.</summary>
    public const int Internal = 70;

    /// <summary>The configuration, or a file it names, cannot be used.</summary>
    public const int Config = 78;

    /// <summary>A second interrupt while stopping: left at once, as after a crash.</summary>
    public const int Interrupted = 130;
}
