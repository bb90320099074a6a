using Microsoft.Extensions.Logging;

namespace Tailer.Agent;

/// <summary>The connections to all bucks: which of them can take a record now, and waiting for one that can. Any thread.</summary>
internal sealed class LinkSet(IReadOnlyList<BuckLink> links, ShipCounters counters, TimeProvider clock, ILogger log)
{
    /// <summary>Pauses and trials end without anybody saying so.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private TaskCompletionSource changed = New();

    public IReadOnlyList<BuckLink> All => links;

    /// <summary>
    /// Bucks to send a record to: healthy, not one of those to leave out, at most so many. One in a zone that has a copy comes only when
    /// no buck of another zone is there; while such a one has merely no room, fewer are returned.
    /// </summary>
    public List<BuckLink> Pick(IReadOnlyCollection<string> leaveOut, IReadOnlyCollection<string> zonesTaken, int count)
    {
        if (count <= 0)
            return [];
        Judge();
        var able = new List<BuckLink>(links.Count);
        foreach (BuckLink link in links)
        {
            if (link.IsHealthy && link.Pace.HasRoom && !leaveOut.Contains(link.Name))
                able.Add(link);
        }
        List<BuckLink> chosen = TargetChoice.Pick(able, static link => link.Zone, static link => link.Pace.IsSetAside, zonesTaken, count, Random.Shared);
        var zones = new HashSet<string>(zonesTaken, StringComparer.Ordinal);
        chosen.RemoveAll(link => link.Zone.Length > 0 && !zones.Add(link.Zone) && IsThereElsewhere(leaveOut, zones));
        return chosen;
    }

    /// <summary>Some healthy buck could take the record but for those it has not answered yet: worth waiting for.</summary>
    public bool IsBusyOnly(IReadOnlyCollection<string> leaveOut) =>
        links.Any(link => link.IsHealthy && !link.Pace.IsSetAside && !leaveOut.Contains(link.Name));

    public string ZoneOf(string name) => links.FirstOrDefault(link => link.Name == name)?.Zone ?? "";

    /// <summary>Returns when some buck can take a record at once. One that is set aside counts only when all are.</summary>
    public async Task WaitForRoom(CancellationToken stop)
    {
        while (true)
        {
            Task change = Changed;
            Judge();
            bool allAside = links.All(link => !link.IsHealthy || link.Pace.IsSetAside);
            if (links.Any(link => link.IsHealthy && link.Pace.HasRoom && (allAside || !link.Pace.IsSetAside)))
                return;
            await Wait(change, stop);
        }
    }

    public Task Changed => Volatile.Read(ref changed).Task;

    /// <summary>Until the change, or a second has passed: time changes things too.</summary>
    public async Task Wait(Task change, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(change, Task.Delay(LookAgain, clock, either.Token));
        await either.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>A connection came or went, or an answer made room.</summary>
    public void NoteChange() => Interlocked.Exchange(ref changed, New()).TrySetResult();

    /// <summary>Whether it has room is asked by the next pick.</summary>
    private bool IsThereElsewhere(IReadOnlyCollection<string> leaveOut, HashSet<string> zones) =>
        links.Any(link => link.IsHealthy && !link.Pace.IsSetAside && !leaveOut.Contains(link.Name) && !zones.Contains(link.Zone));

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Compares each buck with the quickest of the others.</summary>
    private void Judge()
    {
        foreach (BuckLink link in links)
        {
            if (link.Pace.Answering < LinkPace.SlowLeast)
                continue;
            TimeSpan quickest = TimeSpan.Zero;
            foreach (BuckLink other in links)
            {
                TimeSpan answering = other.Pace.Answering;
                if (other != link && other.IsHealthy && answering > TimeSpan.Zero && (quickest == TimeSpan.Zero || answering < quickest))
                    quickest = answering;
            }
            if (!link.Pace.Judge(quickest))
                continue;
            counters.WasSetAside();
            ShipLog.SetAside(log, link.Name);
        }
    }
}
