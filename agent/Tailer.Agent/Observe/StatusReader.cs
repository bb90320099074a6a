using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Puts together how the agent is. Any thread.</summary>
internal sealed class StatusReader(AgentMetrics metrics, LagSurvey survey, SpoolStore spool, Shipper shipper, ShipCounters ship, AgentName agent, string version, int copies, TimeProvider clock)
{
    /// <summary>What has waited for longer is worth a look, however it came.</summary>
    private static readonly TimeSpan OldestUnsentMax = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset started = clock.GetUtcNow();

    public AgentStatus Read()
    {
        BuckState[] bucks = [.. shipper.Links.Select(l => l.State)];
        ReadingReport reading = survey.Report;
        TimeSpan oldest = shipper.Lag;
        return new AgentStatus
        {
            Version = version,
            Agent = agent.Name,
            Host = agent.Host,
            ProcessId = Environment.ProcessId,
            Now = clock.GetUtcNow(),
            Started = started,
            Reading = reading,
            OldestUnsent = oldest,
            SpoolBytes = spool.UndeliveredBytes,
            RefusedAhead = ship.RefusedAhead,
            Bucks = bucks,
            Counters = metrics.Counters,
            Troubles = [.. Troubles(reading, bucks, oldest)],
        };
    }

    private IEnumerable<string> Troubles(ReadingReport reading, BuckState[] bucks, TimeSpan oldest)
    {
        int healthy = bucks.Count(b => b.IsHealthy);
        if (healthy == 0)
            yield return "no buck can be sent to; lines are kept in the spool";
        else if (healthy < copies)
            yield return $"{healthy} of the {Quantity.Count(copies, "buck")} that each line is to be on can be sent to";
        if (reading.IsBlocked)
            yield return "reading has stopped: the spool is full, or its disk takes no writes";
        if (ship.RefusedAhead is > 0 and var ahead)
        {
            yield return shipper.ClocksDisagree
                ? $"bucks refuse {Quantity.Count(ahead, "record")} as sealed ahead of their clocks, and this host's clock says {LogTime.Format(LogTime.Now(clock))}: one of the clocks is wrong; lines are kept until it is set right"
                : $"{Quantity.Count(ahead, "record")} that a clock far ahead had sealed {(ahead == 1 ? "is" : "are")} being sealed again";
        }
        if (reading.FilesFailing > 0)
            yield return $"{Quantity.Count(reading.FilesFailing, "file")} cannot be read; the log says why (event id 2002)";
        if (oldest > OldestUnsentMax)
            yield return $"the oldest line not delivered has waited for {Quantity.Time(oldest)}";
    }
}
