namespace Tailer.Agent;

/// <summary>
/// How one buck keeps up: how many records it may have unanswered, and whether it is so slow that others are asked first. Pure but
/// for the clock; thread-safe.
/// <para>
/// A slow buck is set aside for a while, twice as long each time in a row, and then tried with one record. It still gets records when
/// no other buck is left for a copy. Unanswered records are bounded by <see cref="InFlightMax"/>, a quarter of what the agent sends at
/// once: a buck that hangs holds up these and no others.
/// </para>
/// </summary>
internal sealed class LinkPace(TimeProvider clock)
{
    public const int InFlightMax = 16;

    /// <summary>Quicker than this is never slow.</summary>
    public static readonly TimeSpan SlowLeast = TimeSpan.FromMilliseconds(500);

    /// <summary>Slow is what takes this many times as long as the quickest other buck.</summary>
    public const int SlowTimes = 8;

    private static readonly TimeSpan SetAsideLeast = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SetAsideMost = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<long> began = [];
    private TimeSpan smoothed;
    private TimeSpan nextSetAside = SetAsideLeast;
    private long setAsideAt;
    private TimeSpan setAsideFor;
    private bool isOnTrial;

    /// <summary>Another record may be sent.</summary>
    public bool HasRoom
    {
        get
        {
            lock (gate)
                return began.Count < (isOnTrial && !IsSetAsideNow ? 1 : InFlightMax);
        }
    }

    public int InFlight
    {
        get
        {
            lock (gate)
                return began.Count;
        }
    }

    public bool IsSetAside
    {
        get
        {
            lock (gate)
                return IsSetAsideNow;
        }
    }

    /// <summary>How long answers take: the average of late, or how long the oldest unanswered record has waited, if longer.</summary>
    public TimeSpan Answering
    {
        get
        {
            lock (gate)
            {
                TimeSpan oldest = began.Count == 0 ? TimeSpan.Zero : clock.GetElapsedTime(began[0]);
                return oldest > smoothed ? oldest : smoothed;
            }
        }
    }

    private bool IsSetAsideNow => isOnTrial && clock.GetElapsedTime(setAsideAt) < setAsideFor;

    /// <summary>A record was sent; give what this returns to <see cref="End"/>.</summary>
    public long Begin()
    {
        lock (gate)
        {
            long now = clock.GetTimestamp();
            began.Add(now);
            return now;
        }
    }

    /// <summary>It was answered, or is waited for no longer.</summary>
    public void End(long sent, bool isAnswered)
    {
        lock (gate)
        {
            began.Remove(sent);
            if (!isAnswered)
                return;
            TimeSpan took = clock.GetElapsedTime(sent);
            smoothed = smoothed == TimeSpan.Zero ? took : ((smoothed * 7) + took) / 8;
            if (isOnTrial && !IsSetAsideNow && took < SlowLeast)
            {
                (isOnTrial, nextSetAside) = (false, SetAsideLeast);
                smoothed = took;
            }
        }
    }

    /// <summary>Sets it aside if it is slow beside the quickest of the others (zero: there is none). True when that is news.</summary>
    public bool Judge(TimeSpan quickestOther)
    {
        TimeSpan answering = Answering;
        if (quickestOther == TimeSpan.Zero || answering < SlowLeast || answering < quickestOther * SlowTimes)
            return false;
        lock (gate)
        {
            if (IsSetAsideNow)
                return false;
            bool isNews = !isOnTrial;
            (isOnTrial, setAsideAt, setAsideFor) = (true, clock.GetTimestamp(), nextSetAside);
            nextSetAside = nextSetAside * 2 < SetAsideMost ? nextSetAside * 2 : SetAsideMost;
            smoothed = TimeSpan.Zero;
            return isNews;
        }
    }

    /// <summary>A new connection knows nothing of the old one's pace.</summary>
    public void Reset()
    {
        lock (gate)
        {
            smoothed = TimeSpan.Zero;
            isOnTrial = false;
            nextSetAside = SetAsideLeast;
        }
    }
}
