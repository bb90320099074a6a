namespace Tailer.Agent;

/// <summary>The reading thread: steps of the core, and waiting for something to do between them.</summary>
internal sealed class ReadLoop(AgentCore core, ChangeWatch watch, TimeProvider clock) : IDisposable
{
    /// <summary>
    /// While nobody watches, lines are taken this often at most: each wake-up costs, and packets wait for the flush delay anyway.
    /// </summary>
    private static readonly TimeSpan CalmGap = TimeSpan.FromMilliseconds(100);

    /// <summary>The same while somebody watches.</summary>
    private static readonly TimeSpan HastyGap = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest wait: somebody may want to know that the loop does not hang.</summary>
    public TimeSpan WaitMax { get; init; } = Timeout.InfiniteTimeSpan;

    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;

    /// <summary>Ends when the loop has; fails with what it failed with.</summary>
    public Task Ended => ended.Task;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "read" }.Start();

    /// <summary>Ends the loop after its present step, with a last checkpoint.</summary>
    public Task StopAsync()
    {
        stopping = true;
        watch.Wake();
        return Ended;
    }

    /// <summary>Somebody begins or ends to watch, or the spool has room again.</summary>
    public void Wake() => watch.Wake();

    public void Dispose() => watch.Dispose();

    private void Run()
    {
        try
        {
            while (!stopping)
                Round();
            core.Stop();
            ended.SetResult();
        }
#pragma warning disable CA1031 // The thread's last frame: whatever it was ends the agent through Ended.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ended.SetException(e);
        }
    }

    private void Round()
    {
        long started = clock.GetTimestamp();
        if (core.Step(watch))
            return;
        TimeSpan wait = core.UntilNextDue();
        if (WaitMax != Timeout.InfiniteTimeSpan && wait > WaitMax)
            wait = WaitMax;
        // First a pause in which content may come together, then the wait proper.
        TimeSpan pause = (core.IsHasty ? HastyGap : CalmGap) - clock.GetElapsedTime(started);
        if (pause > wait)
            pause = wait;
        if (pause > TimeSpan.Zero && watch.Wait(pause, forContent: false))
            return;
        if (wait > pause)
            watch.Wait(wait - pause, forContent: true);
    }
}
