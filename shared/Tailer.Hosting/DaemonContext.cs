using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>What a daemon gets to run with: its options, logging, metrics, and when to stop.</summary>
public sealed class DaemonContext<TOptions>
    where TOptions : class
{
    internal DaemonContext(TOptions options, string version, ILoggerFactory loggers, ILoggerProvider provider, Metrics metrics, CancellationToken stopping)
    {
        Options = options;
        Version = version;
        Loggers = loggers;
        Metrics = metrics;
        Stopping = stopping;
        logProvider = provider;
    }

    private readonly ILoggerProvider logProvider;

    public TOptions Options { get; }

    public string Version { get; }

    public ILoggerFactory Loggers { get; }

    /// <summary>Collects every instrument of meters named <c>Tailer.*</c>; its text is what <c>/metrics</c> answers.</summary>
    public Metrics Metrics { get; }

    /// <summary>Cancelled by SIGTERM or SIGINT: finish what is begun and return.</summary>
    public CancellationToken Stopping { get; }

    public ILogger<T> Logger<T>() => Loggers.CreateLogger<T>();

    /// <summary>Gives a host or web application the daemon's logging, options, metrics and clock, and takes signals away from it,
    /// because <see cref="Daemon"/> handles them.</summary>
    public void Apply(IHostApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(logProvider);
        // The provider filters; the framework's own rules would hide debug records asked for.
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(Options);
        builder.Services.AddSingleton(Metrics);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, NoSignalsLifetime>();
    }

    /// <summary>Starts the host, waits for <see cref="Stopping"/> (or for the host to stop itself), and stops it. When a
    /// <see cref="BackgroundService"/> failed, its exception comes out here, so that the process ends with the right exit code.</summary>
    public async Task RunHostAsync(IHost host)
    {
        try
        {
            await host.StartAsync(Stopping).ConfigureAwait(false);
            await host.WaitForShutdownAsync(Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // Asked to stop while still starting.
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        foreach (BackgroundService service in host.Services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            if (service.ExecuteTask is { IsFaulted: true } failed)
                await failed.ConfigureAwait(false);
        }
    }
}
