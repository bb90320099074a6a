using Microsoft.Extensions.Hosting;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// Tells connected agents that somebody watches, so that they send small packets soon: at the first viewer, to every agent that
/// connects while there is one, and again before the lifetime ends; and that nobody does, when the last has gone. A buck that
/// dies stops asking by itself.
/// </summary>
internal sealed class InterestLoop(LiveFeed feed, TimeProvider clock) : BackgroundService
{
    /// <summary>How long agents hurry after the last word; renewed at a third of it.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim changed = new(0);

    /// <summary>Whom to tell; set by the listener while it runs.</summary>
    public Func<IReadOnlyCollection<ServerConnection>> Connections { get; set; } = () => [];

    /// <summary>Tells a peer that has just connected, if there is something to tell.</summary>
    public void Greet(ServerConnection connection)
    {
        if (feed.Viewers > 0 && connection.Peer.Role == Role.Agent)
            _ = connection.TrySendAsync(0, new Interest(true, Lifetime)).AsTask();
    }

    public override void Dispose()
    {
        feed.WatchedChanged -= Changed;
        changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.WatchedChanged += Changed;
        bool said = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            bool watched = feed.Viewers > 0;
            if (watched || said)
                Tell(watched);
            said = watched;
            await WaitAsync(watched ? Lifetime / 3 : Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(false);
        }
    }

    private void Changed() => changed.Release();

    private async Task WaitAsync(TimeSpan renewal, CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task due = Task.Delay(renewal, clock, either.Token);
        Task change = changed.WaitAsync(either.Token);
        await Task.WhenAny(due, change).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Not awaited: an agent that reads slowly must not hold up the news for the others.</summary>
    private void Tell(bool watched)
    {
        foreach (ServerConnection connection in Connections())
        {
            if (connection.Peer.Role == Role.Agent)
                _ = connection.TrySendAsync(0, new Interest(watched, Lifetime)).AsTask();
        }
    }
}
