using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Deletes spool files that nothing needs any more. The reading thread's own.</summary>
internal sealed class SpoolPruner(SpoolSettings settings, SpoolFiles files, ILogger log)
{
    /// <summary>When files whose names are ahead of the clock were begun; read once each.</summary>
    private readonly Dictionary<ulong, ulong> begun = [];

    /// <summary>
    /// Oldest first, only behind every mark of the checkpoint, which is on the disk: files too old, or too many; on a full disk
    /// (<paramref name="isPressed"/>) all that is delivered gives way to what is not. Returns the bytes that are free now. Files that were
    /// written after a clock far ahead was set right have names ahead of it too: how old they are, their content says.
    /// </summary>
    public long Prune(Checkpoint saved, long heldBytes, bool isPressed)
    {
        ulong keepFrom = Math.Min(Math.Min(saved.Spooled.Bucket, saved.Delivered.Mark.Bucket), saved.Manifested.Bucket);
        ulong now = LogTime.Now(settings.Clock);
        ulong oldest = now - Math.Min(now, LogTime.FromTimeSpan(settings.AgeMax));
        long freed = 0;
        try
        {
            ulong[] unneeded = [.. files.Buckets().TakeWhile(bucket => bucket < keepFrom)];
            int old = CountOld(unneeded, now, oldest);
            for (int i = 0; i < unneeded.Length && (i < old || isPressed || heldBytes - freed > settings.BytesMax); i++)
            {
                long bytes = files.BytesOf(unneeded[i]);
                files.Delete(unneeded[i]);
                begun.Remove(unneeded[i]);
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

    /// <summary>
    /// How many of the first files are too old. Of one that a clock far ahead had begun nobody knows its age, but that it is older than those
    /// behind it.
    /// </summary>
    private int CountOld(ulong[] buckets, ulong now, ulong oldest)
    {
        int old = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            ulong time = buckets[i] <= now ? buckets[i] : BegunAt(buckets[i]);
            if (time < oldest)
                old = i + 1;
            else if (time <= now)
                break;
        }
        return old;
    }

    private ulong BegunAt(ulong bucket)
    {
        if (begun.TryGetValue(bucket, out ulong known))
            return known;
        ulong time = bucket;
        using IDiskFile? file = files.OpenRead(bucket);
        Span<byte> start = stackalloc byte[RecordHeader.Bytes + FrameHeader.SealedTimeAt + sizeof(ulong)];
        if (file is not null && file.Read(start, 0) == start.Length && RecordHeader.TryRead(start, out RecordHeader header))
            time = BinaryPrimitives.ReadUInt64LittleEndian(start[(RecordHeader.Bytes + (header.Type == RecordType.Manifest ? Manifest.SealedTimeAt : FrameHeader.SealedTimeAt))..]);
        return begun[bucket] = time;
    }
}
