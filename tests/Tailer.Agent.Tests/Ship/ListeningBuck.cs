using System.Collections.Concurrent;
using System.Net;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent.Tests.Ship;

/// <summary>
/// The buck's side of the wire, with the real listener: keeps what it receives in memory, and answers at once, never, late, or with
/// a refusal. Repeats are recognised by packet id, as a buck does.
/// </summary>
internal sealed class ListeningBuck : IAsyncDisposable
{
    private readonly ConcurrentDictionary<PacketId, bool> known = new();
    private readonly CredentialFile credential;
    private readonly IPEndPoint endpoint;
    private BuckListener listener;
    private bool isStopped;
    private TaskCompletionSource held = Opened();

    private ListeningBuck(CredentialFile credential)
    {
        this.credential = credential;
        listener = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        endpoint = listener.LocalEndPoint;
    }

    public IPEndPoint Address => endpoint;

    /// <summary>Every append and manifest that came, repeats too, in order of arrival.</summary>
    public ConcurrentQueue<(Append? Append, PacketId Id, byte[] Body)> Received { get; } = new();

    /// <summary>Answers an append by a refusal; null for none.</summary>
    public Func<FrameHeader, Nack?>? Refuse { get; set; }

    /// <summary>The same for a manifest.</summary>
    public Func<Blocks.Manifest, Nack?>? RefuseManifest { get; set; }

    /// <summary>Packets and manifests of buckets that begin later are refused, as sealed ahead of this buck's clock; null for any.</summary>
    public Func<ulong>? TakesUntil
    {
        set
        {
            Nack? Judge(ulong bucket) => value is { } until && bucket > until() ? new Nack(default, NackReason.BucketTimeOutside, TimeSpan.Zero, "ahead") : null;
            Refuse = header => Judge(header.Bucket);
            RefuseManifest = manifest => Judge(manifest.Bucket);
        }
    }

    public int Stored => known.Count;

    public IEnumerable<Append> Appends => Received.Where(r => r.Append is not null).Select(r => r.Append!);

    public IEnumerable<Blocks.Manifest> Manifests => Received.Where(r => r.Append is null).Select(r => Blocks.Manifest.TryRead(r.Body)!);

    public static ListeningBuck Start(EnvironmentAuthority authority, string name) =>
        new(authority.Issue(Role.Buck, name, HostsPolicy.Own, TimeSpan.FromDays(1), TimeProvider.System));

    public bool Has(PacketId id) => known.ContainsKey(id);

    /// <summary>Takes everything and answers nothing, until <see cref="Release"/>.</summary>
    public void Hold() => Volatile.Write(ref held, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Answers what was held, however late.</summary>
    public void Release() => Volatile.Read(ref held).TrySetResult();

    /// <summary>As a buck that is killed: what it has it keeps.</summary>
    public async Task Stop()
    {
        if (!isStopped)
            await listener.DisposeAsync();
        isStopped = true;
    }

    public void Restart()
    {
        listener = Listen(endpoint);
        isStopped = false;
    }

    public Task SayViewers(bool viewers) =>
        Task.WhenAll(listener.Connections.Select(connection => connection.SendAsync(0, new Wire.Interest(viewers, TimeSpan.FromMinutes(1))).AsTask()));

    public Task Ask(params PacketId[] ids) =>
        Task.WhenAll(listener.Connections.Select(connection => connection.SendAsync(0, new Want("agent", ids)).AsTask()));

    /// <summary>Forgets a packet, as a buck that lost its disk.</summary>
    public void Forget(PacketId id) => known.TryRemove(id, out _);

    public async ValueTask DisposeAsync()
    {
        Release();
        await Stop();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private BuckListener Listen(IPEndPoint at)
    {
        var started = new BuckListener(new ListenerOptions { Listen = at, Credential = credential }, Handle);
        started.Start();
        return started;
    }

    private ValueTask Handle(ServerConnection connection, ReceivedMessage message)
    {
        using (message)
        {
            uint correlation = message.Correlation;
            if (message.TryRead(out Append? append))
            {
                byte[] frame = append.Frame.ToArray();
                Received.Enqueue((append with { Frame = frame }, append.Id, frame));
                FrameHeader.TryReadFrame(frame, out FrameHeader? header);
                if (Refuse?.Invoke(header!) is { } nack)
                    _ = Answer(connection, correlation, nack with { Id = append.Id });
                else
                    _ = Answer(connection, correlation, new Ack(append.Id, !known.TryAdd(append.Id, true)));
            }
            else if (message.TryRead(out Wire.Manifest? manifest))
            {
                Received.Enqueue((null, manifest.Id, manifest.Content.ToArray()));
                if (RefuseManifest?.Invoke(Blocks.Manifest.TryRead(manifest.Content.Span)!) is { } nack)
                    _ = Answer(connection, correlation, nack with { Id = manifest.Id });
                else
                    _ = Answer(connection, correlation, new Ack(manifest.Id, !known.TryAdd(manifest.Id, true)));
            }
            else if (message.TryRead(out Goodbye? _))
            {
                _ = Answer(connection, correlation, new Ack(default));
            }
            return ValueTask.CompletedTask;
        }
    }

    private async Task Answer<T>(ServerConnection connection, uint correlation, T answer)
        where T : class, IWireMessage<T>
    {
        await Volatile.Read(ref held).Task;
        await connection.TrySendAsync(correlation, answer);
    }
}
