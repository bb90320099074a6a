using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// The connection to one buck, kept open for ever: connects, waits for its end, backs off, connects again. Any thread may send
/// through it; a buck that is not there is a result, never an exception.
/// </summary>
internal sealed class BuckLink(BuckTarget target, CredentialFile credential, Interest interest, Action<Want> onWant, Action onChange, TimeProvider clock, ILogger log)
{
    /// <summary>An answer that takes longer is not waited for: another buck gets the packet. The late answer does no harm.</summary>
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RepeatLogAfter = TimeSpan.FromMinutes(1);

    private volatile BuckConnection? connection;
    private long pausedUntil;
    private string lastLogged = "";
    private long lastLoggedAt;

    public string Name => target.Name;

    /// <summary>Connected, and not asking to be left alone.</summary>
    public bool IsHealthy => connection is not null && clock.GetUtcNow().UtcTicks >= Interlocked.Read(ref pausedUntil);

    public bool IsConnected => connection is not null;

    public BuckState State => new(Name, target.Address.ToString()!, IsConnected, IsHealthy, IsHealthy ? "" : lastLogged);

    /// <summary>How long until a pause ends; zero when there is none.</summary>
    public TimeSpan PauseLeft => connection is null ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, Interlocked.Read(ref pausedUntil) - clock.GetUtcNow().UtcTicks));

    /// <summary>Connects again and again until stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        var backoff = new Backoff(Random.Shared);
        while (!stop.IsCancellationRequested)
        {
            ConnectResult result = await BuckConnection.ConnectAsync(target.Address, credential, Options(), stop);
            if (result.Connection is not { } open)
            {
                LogFailure(result);
                await Task.Delay(backoff.Next(), clock, stop);
                continue;
            }
            long connectedAt = clock.GetTimestamp();
            ShipLog.Connected(log, Name, target.Address.ToString()!);
            lastLogged = "";
            connection = open;
            onChange();
            await Ended(open, stop);
            connection = null;
            interest.Clear(Name);
            if (!stop.IsCancellationRequested)
                ShipLog.Lost(log, Name, open.Reason.ToString());
            await open.DisposeAsync();
            if (clock.GetElapsedTime(connectedAt) > TimeSpan.FromSeconds(10))
                backoff.Reset();
            await Task.Delay(backoff.Next(), clock, stop);
        }
    }

    /// <summary>Sends a packet; true when this buck has it now.</summary>
    public Task<bool> Append(Append append, CancellationToken stop) => Send(append.Id, (open, token) => open.AppendAsync(append, token), stop);

    public Task<bool> SendManifest(PacketId id, ReadOnlyMemory<byte> manifest, CancellationToken stop) =>
        Send(id, (open, token) => open.SendManifestAsync(new Wire.Manifest(id, manifest), token), stop);

    public async Task Heartbeat(Heartbeat heartbeat, CancellationToken stop)
    {
        try
        {
            if (connection is { } open)
                await open.HeartbeatAsync(heartbeat, stop);
        }
        catch (WireException)
        {
            // The connection ended; Run notices and says so.
            return;
        }
    }

    public async Task Goodbye(string host, CancellationToken stop)
    {
        if (connection is { } open)
            await open.GoodbyeAsync(new Goodbye(host, Retired: false, "the agent was stopped"), stop);
    }

    private async Task<bool> Send(PacketId id, Func<BuckConnection, CancellationToken, Task<AppendResult>> send, CancellationToken stop)
    {
        if (connection is not { } open)
            return false;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(AckTimeout);
        try
        {
            AppendResult result = await send(open, timeout.Token);
            if (result.IsDelivered)
                return true;
            if (result.Outcome == AppendOutcome.Refused)
                Pause(id, result);
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Pause(id, new AppendResult(AppendOutcome.Refused, NackReason.Busy, TimeSpan.FromSeconds(1), "no answer in time"));
            return false;
        }
    }

    private void Pause(PacketId id, AppendResult result)
    {
        TimeSpan pause = result.RetryAfter > TimeSpan.Zero ? result.RetryAfter : TimeSpan.FromSeconds(1);
        Interlocked.Exchange(ref pausedUntil, (clock.GetUtcNow() + pause).UtcTicks);
        if (ShouldLog(result.Reason.ToString()))
            ShipLog.NotTaken(log, Name, id, result.Reason.ToString(), result.Text);
    }

    private void LogFailure(ConnectResult result)
    {
        if (!ShouldLog(result.Text))
            return;
        if (result.Status is HandshakeStatus.OtherEnvironment or HandshakeStatus.PeerRefused or HandshakeStatus.RefusedByPeer)
            ShipLog.Refused(log, Name, result.Text);
        else
            ShipLog.CannotConnect(log, Name, result.Text);
    }

    /// <summary>The same trouble is said once, and again every minute.</summary>
    private bool ShouldLog(string text)
    {
        if (text == lastLogged && clock.GetElapsedTime(lastLoggedAt) < RepeatLogAfter)
            return false;
        lastLogged = text;
        lastLoggedAt = clock.GetTimestamp();
        return true;
    }

    private BuckConnectionOptions Options() => new()
    {
        OnInterest = i =>
        {
            interest.Set(Name, i.Viewers, i.Lifetime);
            onChange();
        },
        OnWant = onWant,
    };

    private static async Task Ended(BuckConnection open, CancellationToken stop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration a = open.Ended.Register(() => ended.TrySetResult());
        await using CancellationTokenRegistration b = stop.Register(() => ended.TrySetResult());
        await ended.Task;
    }
}
