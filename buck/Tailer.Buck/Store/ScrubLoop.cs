using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tailer.Buck;

/// <summary>Scrubs all buckets, oldest first, no faster than so many bytes a second, and begins again after a pause. A thread of its own.</summary>
internal sealed class ScrubLoop(BucketStore store, Scrub scrub, long bytesPerSecond, TimeSpan pause, ILogger<ScrubLoop> logger) : BackgroundService
{
    /// <summary>So short that a stop is not waited for.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);

    private double owedSeconds;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => bytesPerSecond == 0
        ? Task.CompletedTask
        : Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        while (!stopping.WaitHandle.WaitOne(pause))
        {
            try
            {
                foreach (BucketFile file in store.Files())
                    Scrub(file, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>A file that cannot be read does not keep the scrub from those behind it.</summary>
    private void Scrub(BucketFile file, CancellationToken stopping)
    {
        try
        {
            scrub.Run(file, bytes => Pace(bytes, stopping));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BuckLog.ScrubFailed(logger, file.ToString(), e.Message);
        }
    }

    private void Pace(int bytes, CancellationToken stopping)
    {
        owedSeconds += (double)bytes / bytesPerSecond;
        while (owedSeconds > LongestWait.TotalSeconds)
        {
            owedSeconds -= LongestWait.TotalSeconds;
            stopping.WaitHandle.WaitOne(LongestWait);
            stopping.ThrowIfCancellationRequested();
        }
    }
}
