namespace Tailer.Buck;

/// <summary>
/// So many at a time; others wait, and need no thread for it. Who waits for longest is asked first, but who comes at the right moment may be before it: no
/// turn stays unused while somebody is woken. Thread-safe.
/// </summary>
internal sealed class Turns(int max)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(2);

    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource<bool>> waiting = new();
    private int taken;
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
    public ValueTask<bool> TakeAsync() => TryTake() ? ValueTask.FromResult(true) : new ValueTask<bool>(WaitAsync());

    /// <summary>After it was taken.</summary>
    public void Leave()
    {
        lock (gate)
            taken--;
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

    private async Task<bool> WaitAsync()
    {
        while (true)
        {
            if (TryJoin(out TaskCompletionSource<bool>? turn))
                return true;
            if (turn is null)
                return false;
            await turn.Task.ConfigureAwait(false);
        }
    }

    /// <summary>False: refused; or in the queue, as <paramref name="turn"/>, which completes when it is worth another try.</summary>
    private bool TryJoin(out TaskCompletionSource<bool>? turn)
    {
        turn = null;
        lock (gate)
        {
            if (taken < max)
            {
                taken++;
                return true;
            }
            if (refused)
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
