using Microsoft.Extensions.Logging;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Porter;

/// <summary>Removes what crashes left: unfinished segments of our own, and unfinished puts in the archive.</summary>
internal sealed class Sweeper(IDisk disk, string sealing, DirectoryArchive archive, PorterMetrics metrics, TimeProvider clock, ILogger<Sweeper> logger)
{
    /// <summary>A put of another porter that began longer ago than this is not running any more.</summary>
    private static readonly TimeSpan PutsOlderThan = TimeSpan.FromHours(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private long? swept;

    /// <summary>Before anything is sealed: the state directory is ours alone, so everything there is left over.</summary>
    public void SweepState()
    {
        disk.CreateDirectory(sealing);
        foreach (string name in disk.List(sealing))
        {
            string path = Path.Combine(sealing, name);
            disk.Delete(path);
            metrics.SweptFiles.Add(1);
            PorterLog.Swept(logger, path);
        }
    }

    public async Task SweepArchiveAsync(CancellationToken stopping)
    {
        if (swept is { } before && clock.GetElapsedTime(before) < Interval)
            return;
        swept = clock.GetTimestamp();
        metrics.SweptFiles.Add(await archive.SweepAsync(PutsOlderThan, stopping).ConfigureAwait(false));
    }
}
