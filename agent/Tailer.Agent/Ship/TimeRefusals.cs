using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// What is known of records that bucks refuse because they were sealed ahead of the bucks' clocks, and when it is worth asking again. They
/// are many when a clock was wrong for long, and each is up to a MiB: so one is sent now and then to find out, and the others when it
/// was taken. Thread-safe; pure but for the clock and the random source it is given.
/// </summary>
internal sealed class TimeRefusals(TimeProvider clock, ulong bucketWidth, Random random)
{
    private readonly Lock gate = new();
    private Backoff backoff = new(random, clock);

    /// <summary>From this time on bucks refuse; <see cref="ulong.MaxValue"/> when nothing is known to be refused.</summary>
    private ulong refusedFrom = ulong.MaxValue;
    private ulong refusedLast;
    private long tryAt;

    /// <summary>
    /// It is this host's clock that was wrong: what has this time is ahead of it too by now. Else the two clocks disagree, and to seal again
    /// would be of no use.
    /// </summary>
    public bool IsFarAhead(ulong sealedTime) => sealedTime > SpoolClock.FarAhead(clock, bucketWidth);

    /// <summary>What was refused last is not ahead of this host's clock: this one or the bucks' are wrong.</summary>
    public bool ClocksDisagree
    {
        get
        {
            lock (gate)
                return refusedLast > 0 && !IsFarAhead(refusedLast);
        }
    }

    /// <summary>
    /// Bucks refused this bucket a moment ago. Its manifest names what was sealed again since, so it must not be sent once they would
    /// take it: it is said again too.
    /// </summary>
    public bool Refuses(ulong bucket)
    {
        lock (gate)
            return refusedFrom != ulong.MaxValue && bucket >= LogTime.Floor(refusedFrom, bucketWidth);
    }

    public void Refused(ulong sealedTime)
    {
        lock (gate)
        {
            refusedLast = sealedTime;
            if (refusedFrom == ulong.MaxValue)
                tryAt = clock.GetTimestamp() + (long)(backoff.Next().TotalSeconds * clock.TimestampFrequency);
            refusedFrom = Math.Min(refusedFrom, sealedTime);
        }
    }

    /// <summary>A buck took one that had been refused.</summary>
    public void Taken()
    {
        lock (gate)
        {
            refusedFrom = ulong.MaxValue;
            refusedLast = 0;
            backoff = new Backoff(random, clock);
        }
    }

    /// <summary>True for one with this time that is to be sent now; of all that wait for a while, the one that asks first.</summary>
    public bool MayTry(ulong sealedTime)
    {
        lock (gate)
        {
            if (sealedTime < refusedFrom)
                return true;
            if (clock.GetTimestamp() < tryAt)
                return false;
            tryAt = clock.GetTimestamp() + (long)(backoff.Next().TotalSeconds * clock.TimestampFrequency) + 1;
            return true;
        }
    }
}
