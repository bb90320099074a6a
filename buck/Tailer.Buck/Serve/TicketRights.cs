using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>What a valid ticket allows its bearer.</summary>
/// <param name="Query">AND-ed into every query.</param>
/// <param name="Subject">Who, for the log.</param>
/// <param name="Expires">When streams end, <see cref="LogTime"/> units.</param>
internal sealed record TicketRights(Query Query, string Subject, ulong Expires)
{
    /// <summary>Cancelled when the ticket expires; the caller disposes it.</summary>
    public CancellationTokenSource Expiry(TimeProvider clock)
    {
        ulong now = LogTime.Now(clock);
        return new CancellationTokenSource(Expires > now ? LogTime.ToTimeSpan(Expires - now) : TimeSpan.Zero, clock);
    }
}
