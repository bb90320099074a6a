using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Deletes spool files that nothing needs any more.</summary>
internal sealed class SpoolPruner(SpoolSettings settings, SpoolFiles files, ILogger log)
{
    /// <summary>
    /// Oldest first, only behind every mark of the checkpoint, which is on the disk: files too old, or too many; on a full disk
    /// (<paramref name="isPressed"/>) all that is delivered gives way to what is not. Returns the bytes that are free now.
    /// </summary>
    public long Prune(Checkpoint saved, long heldBytes, bool isPressed)
    {
        ulong keepFrom = Math.Min(Math.Min(saved.Spooled.Bucket, saved.Delivered.Mark.Bucket), saved.Manifested.Bucket);
        ulong now = LogTime.Now(settings.Clock);
        ulong oldest = now - Math.Min(now, LogTime.FromTimeSpan(settings.AgeMax));
        long freed = 0;
        try
        {
            foreach (ulong bucket in files.Buckets().ToArray())
            {
                if (bucket >= keepFrom || (!isPressed && bucket >= oldest && heldBytes - freed <= settings.BytesMax))
                    break;
                long bytes = files.BytesOf(bucket);
                files.Delete(bucket);
                freed += bytes;
                settings.Disk.SyncDirectory(settings.SpoolDirectory);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SpoolLog.PruneFailed(log, e.Message);
        }
        return freed;
    }
}
