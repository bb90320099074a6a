using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// Who does which job now. In memory: after a restart a second porter may work beside the first for one lifetime, which is waste
/// and not harm. Thread-safe.
/// </summary>
internal sealed class LeaseBook(TimeProvider clock)
{
    /// <summary>Jobs are a handful; a peer that makes up names gets no more than this.</summary>
    private const int LeasesMax = 1000;

    private static readonly TimeSpan LifetimeMax = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Holder, DateTimeOffset Until)> leases = new(StringComparer.Ordinal);

    public Leased Ask(Lease lease)
    {
        DateTimeOffset now = clock.GetUtcNow();
        lock (gate)
        {
            if (leases.TryGetValue(lease.Name, out (string Holder, DateTimeOffset Until) held) && held.Until > now && held.Holder != lease.Holder)
                return new Leased(false, held.Holder, held.Until - now);
            if (lease.Lifetime <= TimeSpan.Zero)
            {
                leases.Remove(lease.Name);
                return new Leased(false, "", TimeSpan.Zero);
            }
            if (leases.Count >= LeasesMax && !leases.ContainsKey(lease.Name))
                ForgetEnded(now);
            if (leases.Count >= LeasesMax && !leases.ContainsKey(lease.Name))
                return new Leased(false, "", TimeSpan.Zero);
            TimeSpan lifetime = lease.Lifetime < LifetimeMax ? lease.Lifetime : LifetimeMax;
            leases[lease.Name] = (lease.Holder, now + lifetime);
            return new Leased(true, lease.Holder, lifetime);
        }
    }

    private void ForgetEnded(DateTimeOffset now)
    {
        foreach ((string name, (_, DateTimeOffset until)) in leases)
        {
            if (until <= now)
                leases.Remove(name);
        }
    }
}
