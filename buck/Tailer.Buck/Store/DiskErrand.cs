using System.Runtime.ExceptionServices;

namespace Tailer.Buck;

/// <summary>One thing that a disk's thread does for another that waits.</summary>
internal sealed class DiskErrand<T>(DiskCalls calls, string what, string path, Func<T> work, Action<T>? forget)
{
    private readonly object gate = new();
    private T? result;
    private ExceptionDispatchInfo? failed;
    private string? hangs;
    private bool isDone;

    /// <summary>On the disk's thread.</summary>
    public void Do()
    {
        lock (gate)
        {
            if (hangs is not null)
                return;
        }
        DiskCall call = calls.Begin(what, path, GiveUp);
        T? got = default;
        ExceptionDispatchInfo? thrown = null;
        try
        {
            got = work();
        }
        catch (Exception e)
        {
            thrown = ExceptionDispatchInfo.Capture(e);
        }
        bool inTime = calls.End(call);
        lock (gate)
        {
            if (inTime && hangs is null)
            {
                (result, failed, isDone) = (got, thrown, true);
                Monitor.Pulse(gate);
                return;
            }
        }
        if (thrown is null)
            forget?.Invoke(got!);
    }

    /// <summary>On the thread that wants it.</summary>
    public T Await()
    {
        lock (gate)
        {
            while (!isDone && hangs is null)
            {
                // The limit is for the call; before that it waits for others, which have theirs.
                if (!Monitor.Wait(gate, calls.Limit * 2))
                    hangs ??= $"{what} {path}: the disk is busy for longer than {calls.Limit.TotalSeconds * 2:0.###} s with what was asked before";
            }
            if (!isDone)
                throw new IOException(hangs);
        }
        failed?.Throw();
        return result!;
    }

    private void GiveUp(string text)
    {
        lock (gate)
        {
            hangs = text;
            Monitor.Pulse(gate);
        }
    }
}
