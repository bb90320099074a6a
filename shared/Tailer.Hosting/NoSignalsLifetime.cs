using Microsoft.Extensions.Hosting;

namespace Tailer.Hosting;

/// <summary>A host lifetime that listens to no signal: one place, <see cref="Daemon"/>, decides when the process stops.</summary>
internal sealed class NoSignalsLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
