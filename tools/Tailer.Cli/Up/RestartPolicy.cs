namespace Tailer.Cli.Up;

/// <summary>How long to wait before a process that ended is started again: longer each time it fails soon, short again once
/// it has run for a while.</summary>
internal sealed class RestartPolicy
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RanWell = TimeSpan.FromSeconds(30);

    private TimeSpan next = First;

    public TimeSpan AfterRunOf(TimeSpan ran)
    {
        if (ran >= RanWell)
            next = First;
        TimeSpan pause = next;
        next = TimeSpan.FromTicks(Math.Min(Longest.Ticks, next.Ticks * 2));
        return pause;
    }

    /// <summary>True for an exit code that a new start cannot change.</summary>
    public static bool IsFinal(int exitCode) => exitCode is Hosting.ExitCode.Config or Hosting.ExitCode.Usage;
}
