using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Hosting;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

/// <summary>A whole buck in this process: real sockets, real files, real credentials.</summary>
internal sealed class TestBuck : IAsyncDisposable
{
    public const string Origin = "http://127.0.0.1:7999";

    private readonly TempDirectory directory;
    private readonly EnvironmentAuthority authority;
    private readonly Metrics metrics = new();
    private readonly bool owns;
    private WebApplication? app;

    private TestBuck(TempDirectory directory, EnvironmentAuthority authority, bool owns)
    {
        this.directory = directory;
        this.authority = authority;
        this.owns = owns;
    }

    public IServiceProvider Services => app!.Services;

    public string Data => directory["data"];

    /// <summary>The path of a further disk.</summary>
    public string DiskPath(string name) => directory[name];

    public IPEndPoint Address => Services.GetRequiredService<WireService>().LocalEndPoint;

    public Uri Http => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <param name="change">Other options.</param>
    /// <param name="disk">What its files are on; null: the machine's.</param>
    public static async Task<TestBuck> StartAsync(Func<BuckOptions, BuckOptions>? change = null, Tailer.Disk.IDisk? disk = null)
    {
        var directory = new TempDirectory();
        directory.Sub("data");
        var buck = new TestBuck(directory, EnvironmentAuthority.Create(), owns: true);
        buck.authority.Issue(Role.Buck, "buck-1", HostsPolicy.Own, TimeSpan.FromHours(1), TimeProvider.System).Save(directory["buck.credential"]);
        await buck.RunAsync(change, disk);
        return buck;
    }

    /// <summary>A second buck over the same data, as after a restart; dispose it before the first.</summary>
    public async Task<TestBuck> StartAgainAsync(Func<BuckOptions, BuckOptions>? change = null)
    {
        var again = new TestBuck(directory, authority, owns: false);
        await again.RunAsync(change);
        return again;
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref app, null) is not { } stopping)
            return;
        await stopping.StopAsync();
        await stopping.DisposeAsync();
    }

    public CredentialFile Issue(Role role, string name, HostsPolicy? hosts = null) =>
        authority.Issue(role, name, hosts ?? HostsPolicy.Any, TimeSpan.FromHours(1), TimeProvider.System);

    /// <summary>Writes the signed list of what is no longer good, and returns its path.</summary>
    public string Revoke(params CredentialFile[] credentials)
    {
        authority.SaveRevocations(directory["revoked"], credentials.Select(credential => credential.Credential.Serial), TimeProvider.System);
        return directory["revoked"];
    }

    public async Task<BuckConnection> ConnectAsync(Role role, string name, BuckConnectionOptions? options = null)
    {
        ConnectResult result = await BuckConnection.ConnectAsync(Address, Issue(role, name), options ?? new());
        return result.Connection ?? throw new InvalidOperationException(result.Text);
    }

    public async Task<BuckConnection> ConnectForHostsAsync(Role role, string name, HostsPolicy hosts)
    {
        ConnectResult result = await BuckConnection.ConnectAsync(Address, Issue(role, name, hosts));
        return result.Connection ?? throw new InvalidOperationException(result.Text);
    }

    public string IssueTicket(string rights = "", TimeSpan? lifetime = null) =>
        Ticket.Issue(Issue(Role.Archie, "archie"), rights, lifetime ?? TimeSpan.FromMinutes(10), TimeProvider.System, "tester");

    /// <summary>A client with a ticket.</summary>
    public HttpClient Client(string? ticket = null)
    {
        var client = new HttpClient { BaseAddress = Http };
        client.DefaultRequestHeaders.Authorization = new("Bearer", ticket ?? IssueTicket());
        return client;
    }

    public static async Task<AppendResult> AppendAsync(BuckConnection connection, Packet packet, AppendOptions options = AppendOptions.None) =>
        await connection.AppendAsync(new Append(packet.Id, 0, 2, options, packet.Frame)).WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        metrics.Dispose();
        if (!owns)
            return;
        authority.Dispose();
        directory.Dispose();
    }

    private async Task RunAsync(Func<BuckOptions, BuckOptions>? change, Tailer.Disk.IDisk? disk = null)
    {
        var options = new BuckOptions
        {
            Environment = "test",
            Name = "buck-1",
            CredentialPath = directory["buck.credential"],
            Data = Data,
            Listen = new NetworkAddress("127.0.0.1", 0),
            Http = new NetworkAddress("127.0.0.1", 0),
            AllowedOrigins = [Origin],
            DiskReserveBytes = 0,
        };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(metrics);
        builder.Services.AddSingleton(TimeProvider.System);
        if (disk is not null)
            builder.Services.AddSingleton(disk);
        app = BuckHost.Build(builder, change?.Invoke(options) ?? options, "1.2.3");
        await app.StartAsync();
    }
}
