using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// The connection to one buck, kept open for ever: connects, waits for its end, backs off, connects again. Any thread may send
/// through it; a buck that is not there is a result, never an exception.
/// </summary>
internal sealed class BuckLink(
    BuckTarget target, CredentialFile credential, TimeSpan ackTimeout, Interest interest, Action<Want> onWant, Action onChange, TimeProvider clock, ILogger log)
{
    /// <summary>How long a buck that refuses without advice is left alone, and one that does not answer.</summary>
    private static readonly TimeSpan PauseLeast = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RepeatLogAfter = TimeSpan.FromMinutes(1);

    private volatile BuckConnection? connection;
    private long pausedUntil;
    private string lastLogged = "";
    private long lastLoggedAt;

    public string Name => target.Name;

    public string Zone => target.Zone;

    public LinkPace Pace { get; } = new(clock);

    /// <summary>Connected, and not asking to be left alone.</summary>
    public bool IsHealthy => connection is not null && !IsPaused;

    public bool IsConnected => connection is not null;

    public BuckState State => new(Name, target.Address.ToString()!, IsConnected, IsHealthy, IsHealthy ? "" : lastLogged);

    /// <summary>Connects again and again until stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        var backoff = new Backoff(Random.Shared, clock);
        while (!stop.IsCancellationRequested)
        {
            ConnectResult result = await BuckConnection.ConnectAsync(target.Address, credential, Options(), stop);
            if (result.Connection is not { } open)
            {
                LogFailure(result);
                await Task.Delay(backoff.Next(), clock, stop);
                continue;
            }
            backoff.Connected();
            ShipLog.Connected(log, Name, target.Address.ToString()!);
            lastLogged = "";
            Pace.Reset();
            connection = open;
            onChange();
            await Ended(open, stop);
            connection = null;
            onChange();
            interest.Clear(Name);
            if (!stop.IsCancellationRequested)
                ShipLog.Lost(log, Name, open.Reason.ToString());
            await open.DisposeAsync();
            await Task.Delay(backoff.Next(), clock, stop);
        }
    }

    public Task<SendResult> Append(Append append, CancellationToken stop) => Send(append.Id, (open, token) => open.AppendAsync(append, token), stop);

    public Task<SendResult> SendManifest(PacketId id, ReadOnlyMemory<byte> manifest, CancellationToken stop) =>
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

    private async Task<SendResult> Send(PacketId id, Func<BuckConnection, CancellationToken, Task<AppendResult>> send, CancellationToken stop)
    {
        if (connection is not { } open)
            return SendResult.NoConnection;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(ackTimeout);
        long sent = Pace.Begin();
        bool isAnswered = false;
        try
        {
            AppendResult result = await send(open, timeout.Token);
            isAnswered = result.Outcome != AppendOutcome.Disconnected;
            return Judge(id, result);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Pause(PauseLeast);
            LogNotTaken(id, "no answer in time", "");
            return SendResult.Late;
        }
        finally
        {
            Pace.End(sent, isAnswered);
        }
    }

    private SendResult Judge(PacketId id, AppendResult result)
    {
        if (result.IsDelivered)
            return SendResult.Taken;
        if (result.Outcome == AppendOutcome.Disconnected)
            return SendResult.NoConnection;
        LogNotTaken(id, result.Reason.ToString(), result.Text);
        if (result.Reason == NackReason.BucketTimeOutside)
            return SendResult.AheadOfBuck;
        // What is wrong with one record is no reason to hold back others.
        if (result.Reason is not (NackReason.None or NackReason.DiskFull or NackReason.ShuttingDown or NackReason.Busy or NackReason.DiskError))
            return SendResult.RecordRefused;
        Pause(result.RetryAfter > TimeSpan.Zero ? result.RetryAfter : PauseLeast);
        return SendResult.BuckRefuses;
    }

    /// <summary>By the clock that only goes forward: one set back must not make a pause of a day.</summary>
    private bool IsPaused => clock.GetElapsedTime(0, clock.GetTimestamp()).Ticks < Interlocked.Read(ref pausedUntil);

    private void Pause(TimeSpan pause) => Interlocked.Exchange(ref pausedUntil, clock.GetElapsedTime(0, clock.GetTimestamp()).Ticks + pause.Ticks);

    private void LogNotTaken(PacketId id, string reason, string text)
    {
        if (ShouldLog(reason))
            ShipLog.NotTaken(log, Name, id, reason, text);
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
