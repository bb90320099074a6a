using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Hosting;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Archie.Tests;

/// <summary>An archie in this process on a port of its own, and real bucks beside it where a test wants them.</summary>
internal sealed class ArchieHost : IAsyncDisposable
{
    private readonly Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"] });
    private readonly Metrics metrics = new();
    private readonly ArchieOptions options;
    private WebApplication? app;

    private ArchieHost(Func<ArchieOptions, ArchieOptions>? change)
    {
        var read = ConfigFile.Load(cluster.Archie.Config, ArchieOptions.Read) with { Http = new NetworkAddress("127.0.0.1", 0) };
        options = change?.Invoke(read) ?? read;
    }

    public ShiftedClock Clock { get; } = new();

    public string Recent => cluster.RecentPath;

    public string Archive => cluster.ArchivePath;

    public string History => options.History.Path;

    public Uri Address => new(app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts archie and this many of its three bucks.</summary>
    public static async Task<ArchieHost> StartAsync(int bucks = 0, Func<ArchieOptions, ArchieOptions>? change = null)
    {
        var host = new ArchieHost(change);
        foreach (ClusterPart buck in host.cluster.Bucks.Take(bucks))
            buck.Start();
        foreach (ClusterPart buck in host.cluster.Bucks.Take(bucks))
            await buck.Ready();
        await host.RunAsync();
        return host;
    }

    /// <summary>Stops archie, changes what it left, and starts it again, as after a crash.</summary>
    public async Task RestartAsync(Action between)
    {
        await StopAsync();
        between();
        await RunAsync();
    }

    /// <summary>Ends one buck as a machine that dies.</summary>
    public Task KillBuckAsync(int index) => cluster.Bucks[index].Kill9();

    /// <summary>Starts the real agent of the bucks.</summary>
    public void StartAgent() => cluster.Agent.Start();

    /// <summary>Sends packets as the agent does.</summary>
    public async Task AppendAsync(int buck, params Packet[] packets)
    {
        ConnectResult result = await BuckConnection.ConnectAsync(cluster.BuckAddress(buck), CredentialFile.Load(cluster.CredentialPath("agent")));
        await using BuckConnection connection = result.Connection ?? throw new InvalidOperationException(result.Text);
        foreach (Packet packet in packets)
        {
            AppendResult stored = await connection.AppendAsync(new Append(packet.Id, 0, 2, AppendOptions.None, packet.Frame)).WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(AppendOutcome.Stored, stored.Outcome);
        }
    }

    /// <summary>A client that follows no redirects and keeps no cookies.</summary>
    public HttpClient Client(bool withToken = true)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        if (withToken)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token);
        return client;
    }

    public string Token => cluster.Token;

    public async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpClient client = Client();
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(response, expected);
    }

    public async Task<JsonElement> PostAsync(string path, string body = "", HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpClient client = Client();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return await ReadAsync(response, expected);
    }

    public async Task DeleteAsync(string path)
    {
        using HttpClient client = Client();
        using HttpResponseMessage response = await client.DeleteAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>A streamed search: texts of its events in order, and its summary.</summary>
    public async Task<(IReadOnlyList<string> Texts, JsonElement Summary)> SearchAsync(string path)
    {
        using HttpClient client = Client();
        string body = await client.GetStringAsync(new Uri(path, UriKind.Relative));
        JsonElement[] lines = [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal("summary", lines[^1].GetProperty("type").GetString());
        return ([.. lines[..^1].Select(line => line.GetProperty("text").GetString()!)], lines[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await cluster.DisposeAsync();
        metrics.Dispose();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task RunAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        StateDirectory.EnsurePrivate(options.History.Path);
        app = ArchieServer.Build(builder, options, "1.2.3", metrics);
        await app.StartAsync();
    }

    private async Task StopAsync()
    {
        if (app is null)
            return;
        await app.StopAsync();
        await app.DisposeAsync();
        app = null;
    }
}
