namespace Tailer.Buck;

/// <summary>
/// So many at a time; others wait, and need no thread for it. Who waits for longest is asked first, but who comes at the right moment may be before it: no
/// turn stays unused while somebody is woken. Thread-safe.
/// </summary>
internal sealed class Turns(int max)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(2);

    private readonly object gate = new();
    private readonly Queue<TaskCompletionSource<bool>> waiting = new();
    private int taken;
    private int blocked;
    private bool isSlow;
    private bool refused;

    /// <summary>How many wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    public bool TryTake()
    {
        lock (gate)
        {
            if (taken >= max)
                return false;
            taken++;
            return true;
        }
    }

    /// <summary>False when there would be something to wait for and <see cref="Refuse"/> was called.</summary>
    public ValueTask<bool> TakeAsync() => TryTake() || TryTakeSoon() ? ValueTask.FromResult(true) : new ValueTask<bool>(WaitAsync());

    /// <summary>Blocks its thread, and heeds no refusal; false after so long.</summary>
    public bool Take(TimeSpan atMost)
    {
        long from = Environment.TickCount64;
        while (true)
        {
            if (TryJoin(heedsRefusal: false, out TaskCompletionSource<bool>? turn))
                return true;
            TimeSpan left = atMost - TimeSpan.FromMilliseconds(Environment.TickCount64 - from);
            if (atMost == Timeout.InfiniteTimeSpan)
                left = atMost;
            else if (left < TimeSpan.Zero)
                left = TimeSpan.Zero;
            if (!turn!.Task.Wait(left))
            {
                // Whoever called it in this very moment called nobody: then it is the next one's.
                if (!turn.TrySetResult(false))
                    CallNext();
                return false;
            }
        }
    }

    /// <summary>After it was taken.</summary>
    public void Leave()
    {
        lock (gate)
        {
            taken--;
            isSlow = false;
            if (blocked > 0)
                Monitor.Pulse(gate);
            if (waiting.Count == 0)
                return;
        }
        CallNext();
    }

    /// <summary>All who wait are told to go, as is everybody who would have to wait, until <see cref="Allow"/>.</summary>
    public void Refuse()
    {
        TaskCompletionSource<bool>[] all;
        lock (gate)
        {
            refused = true;
            all = [.. waiting];
            waiting.Clear();
        }
        foreach (TaskCompletionSource<bool> turn in all)
            turn.TrySetResult(false);
    }

    public void Allow()
    {
        lock (gate)
            refused = false;
    }

    /// <summary>
    /// Blocks the thread for a moment: a write into the page cache takes less than it costs to go away and to be called. Who met one that takes longer says so to
    /// those behind it, so that a disk that hangs holds one thread for one moment.
    /// </summary>
    private bool TryTakeSoon()
    {
        lock (gate)
        {
            if (!isSlow && taken >= max && !refused)
            {
                blocked++;
                isSlow = !Monitor.Wait(gate, Soon) && taken >= max;
                blocked--;
            }
            if (taken >= max)
                return false;
            taken++;
            return true;
        }
    }

    private async Task<bool> WaitAsync()
    {
        while (true)
        {
            if (TryJoin(heedsRefusal: true, out TaskCompletionSource<bool>? turn))
                return true;
            if (turn is null)
                return false;
            await turn.Task.ConfigureAwait(false);
        }
    }

    /// <summary>False: refused; or in the queue, as <paramref name="turn"/>, which completes when it is worth another try.</summary>
    private bool TryJoin(bool heedsRefusal, out TaskCompletionSource<bool>? turn)
    {
        turn = null;
        lock (gate)
        {
            if (taken < max)
            {
                taken++;
                return true;
            }
            if (refused && heedsRefusal)
                return false;
            turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(turn);
            return false;
        }
    }

    private void CallNext()
    {
        while (true)
        {
            TaskCompletionSource<bool>? next;
            lock (gate)
            {
                if (taken >= max || !waiting.TryDequeue(out next))
                    return;
            }
            if (next.TrySetResult(true))
                return;
        }
    }
}
