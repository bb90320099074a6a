using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Lets so many lines a second of one source through, after a burst. A second is one of the agent's clock or one of the lines' own
/// times, whichever is more: a backlog read at once after the agent was down is no flood. When lines have been refused, none is let
/// through until those of a second are allowed again, so that a flood makes about one gap a second and not one a line.
/// </summary>
internal sealed class RateLimit(int rate, int burst)
{
    private readonly double resume = Math.Min(rate, burst);
    private Allowance byClock = new(burst);
    private Allowance byTime = new(burst);
    private bool isRefusing;

    /// <summary>Whether a line may pass now; takes it from what is allowed. <paramref name="clock"/> is the agent's, <paramref name="time"/> the line's.</summary>
    public bool TryTake(ulong clock, ulong time)
    {
        byClock.Refill(clock, rate, burst);
        byTime.Refill(time, rate, burst);
        if (!MayPass())
        {
            isRefusing = true;
            return false;
        }
        isRefusing = false;
        byClock.Take();
        byTime.Take();
        return true;
    }

    /// <summary>Whether a line would pass now by the agent's clock.</summary>
    public bool WouldTake(ulong clock)
    {
        byClock.Refill(clock, rate, burst);
        return MayPass();
    }

    private bool MayPass()
    {
        double needed = isRefusing ? resume : 1;
        return byClock.Lines >= needed || byTime.Lines >= needed;
    }

    private struct Allowance(int burst)
    {
        private ulong until;

        public double Lines { get; private set; } = burst;

        /// <summary>A clock that goes back gives nothing until it is where it was.</summary>
        public void Refill(ulong now, int rate, int burst)
        {
            if (now <= until)
                return;
            if (until != 0)
                Lines = Math.Min(burst, Lines + (now - until) / (double)LogTime.PerSecond * rate);
            until = now;
        }

        public void Take() => Lines = Math.Max(0, Lines - 1);
    }
}
