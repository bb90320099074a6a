using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Agent.Tests.Ship;

/// <summary>A spool on a real disk and a shipper over real connections, without the reading of files: the test is the reader.</summary>
internal sealed class ShipRig : IAsyncDisposable
{
    public static readonly SourceDescriptor Source = new() { Id = new SourceId(7), Agent = "agent", Host = "web1", Path = "/var/log/app.log" };

    private readonly TempDirectory directory = new();
    private readonly EnvironmentAuthority authority = EnvironmentAuthority.Create();
    private readonly PacketBuilder builder = new();
    private readonly CredentialFile credential;
    private readonly string[] zones;
    private readonly int bucketSeconds;
    private CancellationTokenSource? stop;
    private Task running = Task.CompletedTask;

    public ShipRig(int bucks, string[]? zones = null, int bucketSeconds = 60)
    {
        this.zones = zones ?? [.. Enumerable.Repeat("", bucks)];
        this.bucketSeconds = bucketSeconds;
        credential = authority.Issue(Role.Agent, "agent", HostsPolicy.Any, TimeSpan.FromDays(1), TimeProvider.System);
        Bucks = [.. Enumerable.Range(0, bucks).Select(i => ListeningBuck.Start(authority, $"buck-{i}"))];
    }

    public ListeningBuck[] Bucks { get; }

    /// <summary>Beyond the time of any test, so that only what a test wants is late.</summary>
    public ShipOptions Options { get; set; } = new() { AckTimeout = TimeSpan.FromMinutes(5) };

    public TimeProvider SpoolClock { get; set; } = TimeProvider.System;

    public ShipCounters Counters { get; private set; } = new();

    public Interest Interest { get; } = new(TimeProvider.System);

    public SpoolStore Spool { get; private set; } = null!;

    public Shipper Shipper { get; private set; } = null!;

    public ulong Position { get; private set; }

    public string State => directory.Path;

    public void OpenSpool()
    {
        Spool = SpoolStore.Open(new SpoolSettings
        {
            Disk = SystemDisk.Instance,
            StateDirectory = directory.Path,
            Agent = "agent",
            Host = "web1",
            BucketSeconds = bucketSeconds,
            Clock = SpoolClock,
        }, NullLogger.Instance);
        Position = Spool.Recovered.Values.Select(p => p.Position).DefaultIfEmpty(0UL).Max();
    }

    public void Start()
    {
        if (Spool is null)
            OpenSpool();
        Counters = new ShipCounters();
        stop = new CancellationTokenSource();
        Shipper = new Shipper(Spool!, Bucks.Select((buck, i) => new BuckTarget($"buck-{i}", buck.Address, zones[i])), credential, Options, Interest, Counters, TimeProvider.System, NullLogger.Instance);
        running = Shipper.Run(stop.Token);
    }

    public Task Connected(int count) => Wait.For(() => Shipper.Links.Count(link => link.IsConnected) == count, $"{count} bucks are connected");

    public Packet Write(int bytes = 200, DeliverySettings? delivery = null)
    {
        string line = $"{Position} {new string('x', bytes)}\n";
        int index = builder.Source(Source.Id, Source);
        builder.Add(new Event { Source = index, Offset = Position, Bytes = Encoding.UTF8.GetBytes(line), Time = LogTime.Now(SpoolClock), Host = "web1", App = "" });
        Position += (ulong)line.Length;
        return Spool.TrySeal(builder, delivery ?? new DeliverySettings())!;
    }

    public void Tick() => Spool.Tick([new SourcePosition(Source, Position, 0, 0, 1, MidLine: false)]);

    public Task AllDelivered() => Wait.For(() => Spool.Delivered == Spool.End, "everything in the spool is delivered");

    /// <summary>At how many bucks a packet is.</summary>
    public int CopiesOf(PacketId id) => Bucks.Count(buck => buck.Has(id));

    /// <summary>The agent's process ends as kill -9 would; the spool stays.</summary>
    public async Task Kill()
    {
        if (stop is null)
            return;
        await stop.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
        }
        Shipper.Dispose();
        stop.Dispose();
        stop = null;
        Spool.Dispose();
        Spool = null!;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        foreach (ListeningBuck buck in Bucks)
            await buck.DisposeAsync();
        builder.Dispose();
        authority.Dispose();
        directory.Dispose();
    }
}
