using Microsoft.Extensions.Logging;

namespace Tailer.Porter;

/// <summary>
/// Which of several porters works: the one that holds the lease at the first buck, by name, that answers. It saves waste;
/// two that work at once do no harm. The holder's name outlives the process, so a restarted porter goes on at once.
/// </summary>
internal sealed class PorterLease(BuckFleet fleet, string holder, TimeProvider clock, ILogger<PorterLease> logger)
{
    public const string Name = "porter";

    /// <summary>How long it holds unrenewed: after that another porter takes over from one that died.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);

    private long heldUntil;
    private string? lastHolder;

    /// <summary>True when this porter is the one; checked before each pass.</summary>
    public bool IsHeld => clock.GetTimestamp() < Interlocked.Read(ref heldUntil);

    /// <summary>Takes or renews it.</summary>
    public async Task RenewAsync(CancellationToken stopping)
    {
        foreach (IBuck buck in fleet.Bucks)
        {
            try
            {
                long asked = clock.GetTimestamp();
                string? other = await buck.LeaseAsync(Name, holder, Lifetime, stopping).ConfigureAwait(false);
                Interlocked.Exchange(ref heldUntil, other is null ? asked + (long)(Lifetime.TotalSeconds * clock.TimestampFrequency) : 0);
                Report(buck.Name, other);
                return;
            }
            catch (BuckException)
            {
                // The next one is asked; the fleet's listing reports this one.
                continue;
            }
        }
    }

    /// <summary>Gives it back, so that another porter need not wait.</summary>
    public async Task ReleaseAsync(CancellationToken stopping)
    {
        if (!IsHeld)
            return;
        Interlocked.Exchange(ref heldUntil, 0);
        foreach (IBuck buck in fleet.Latest.Reachable)
        {
            try
            {
                await buck.LeaseAsync(Name, holder, TimeSpan.Zero, stopping).ConfigureAwait(false);
                return;
            }
            catch (BuckException)
            {
                continue;
            }
        }
    }

    private void Report(string buck, string? other)
    {
        string now = other ?? holder;
        if (now == lastHolder)
            return;
        lastHolder = now;
        if (other is null)
            PorterLog.LeaseTaken(logger, buck);
        else
            PorterLog.LeaseElsewhere(logger, other);
    }
}
