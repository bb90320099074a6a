using System.Diagnostics;

namespace Tailer.Buck;

/// <summary>
/// What one disk is being asked for. A system call that hangs cannot be called off: its thread is left to it, and who waits is told. Calls in which a
/// reader waits are made by threads of the disk's own, at most <see cref="ThreadsMax"/>; those of its writers by themselves. Thread-safe.
/// </summary>
/// <param name="limit">How long a call may take; infinite: there are no threads, and nobody is told.</param>
internal sealed class DiskCalls(TimeSpan limit)
{
    /// <summary>Reads of a disk at once; more wait for these. All of them can be lost to a disk that hangs, until it answers.</summary>
    public const int ThreadsMax = 8;

    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly object errandsGate = new();
    private readonly Queue<Action> errands = new();
    private DiskCall? first;
    private DiskCall? last;
    private int hanging;
    private DiskCall? hangingFirst;
    private int threads;
    private int idle;

    public TimeSpan Limit => limit;

    /// <summary>Calls that were given up and have not come back.</summary>
    public int Hanging
    {
        get
        {
            lock (gate)
                return hanging;
        }
    }

    /// <summary>What the first of them is about; null when there is none.</summary>
    public string? HangingText => Volatile.Read(ref hangingFirst)?.Text;

    /// <summary>The caller ends it; <paramref name="hangs"/> is called when it is given up, by a thread that must not be held up.</summary>
    public DiskCall Begin(string what, string path, Action<string>? hangs = null)
    {
        var call = new DiskCall(what, path, limit, hangs);
        lock (gate)
        {
            call.Before = last;
            if (last is null)
                first = call;
            else
                last.Next = call;
            last = call;
        }
        return call;
    }

    /// <summary>It has come back. False when it was given up before.</summary>
    public bool End(DiskCall call)
    {
        bool inTime = call.TryEnd();
        lock (gate)
        {
            if (call.Before is null)
                first = call.Next;
            else
                call.Before.Next = call.Next;
            if (call.Next is null)
                last = call.Before;
            else
                call.Next.Before = call.Before;
            if (!inTime)
            {
                hanging--;
                Volatile.Write(ref hangingFirst, OldestHanging());
            }
        }
        return inTime;
    }

    /// <summary>Gives up what takes too long; the caller tells those who wait.</summary>
    public IReadOnlyList<DiskCall> GiveUp()
    {
        lock (gate)
        {
            if (first is null || limit == Timeout.InfiniteTimeSpan || Stopwatch.GetElapsedTime(first.Since) < limit)
                return [];
            var found = new List<DiskCall>();
            for (DiskCall? call = first; call is not null && Stopwatch.GetElapsedTime(call.Since) >= limit; call = call.Next)
            {
                if (call.TryGiveUp())
                    found.Add(call);
            }
            hanging += found.Count;
            Volatile.Write(ref hangingFirst, OldestHanging());
            return found;
        }
    }

    /// <summary>
    /// Does something on a thread of the disk's and waits for it, no longer than the limit. What comes back later goes to <paramref name="forget"/>. Throws
    /// what <paramref name="work"/> throws, and <see cref="IOException"/> when the disk hangs.
    /// </summary>
    public T Run<T>(string what, string path, Func<T> work, Action<T>? forget = null)
    {
        if (limit == Timeout.InfiniteTimeSpan)
            return work();
        if (HangingText is { } hangs)
            throw new IOException(hangs);
        var errand = new DiskErrand<T>(this, what, path, work, forget);
        lock (errandsGate)
        {
            errands.Enqueue(errand.Do);
            if (errands.Count > idle && threads < ThreadsMax)
            {
                threads++;
                new Thread(RunErrands) { IsBackground = true, Name = "disk" }.Start();
            }
            else
            {
                Monitor.Pulse(errandsGate);
            }
        }
        return errand.Await();
    }

    private DiskCall? OldestHanging()
    {
        DiskCall? call = first;
        while (call is not null && !call.IsGivenUp)
            call = call.Next;
        return call;
    }

    private void RunErrands()
    {
        while (true)
        {
            Action? next;
            lock (errandsGate)
            {
                while (!errands.TryDequeue(out next))
                {
                    idle++;
                    bool isCalled = Monitor.Wait(errandsGate, IdleMax);
                    idle--;
                    if (!isCalled && errands.Count == 0)
                    {
                        threads--;
                        return;
                    }
                }
            }
            next();
        }
    }
}
