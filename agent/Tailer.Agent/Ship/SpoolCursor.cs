using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Reads the spool's records in the order in which they were written, from a mark on, while it grows. One reader's own.</summary>
internal sealed class SpoolCursor(SpoolFiles files, SpoolMark from, ILogger log) : IDisposable
{
    private IDiskFile? file;
    private BucketFileReader? reader;
    private SpoolMark position = from;
    private int damageSeen;

    /// <summary>The body of the record found last; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Body => reader!.Body;

    /// <summary>The next record before <paramref name="end"/>, or null when there is none yet.</summary>
    public SpoolRecord? TryNext(SpoolMark end)
    {
        while (position < end)
        {
            if (reader is null && !Open())
                return null;
            if (reader!.TryReadNext())
            {
                SayDamage();
                position = new SpoolMark(position.Bucket, reader.Position);
                return new SpoolRecord(new SpoolMark(position.Bucket, reader.RecordPosition), reader.Header.Type, reader.Header.Id, reader.Header.BodyBytes);
            }
            // The end was taken before the file was read: if it is in a later file, this one is complete.
            if (end.Bucket == position.Bucket)
                return null;
            Close();
            position = new SpoolMark(position.Bucket + 1, 0);
        }
        return null;
    }

    public void Dispose() => Close();

    /// <summary>Opens the file of the position's bucket, or of the next one that exists.</summary>
    private bool Open()
    {
        foreach (ulong bucket in files.Buckets())
        {
            if (bucket < position.Bucket)
                continue;
            if (files.OpenRead(bucket) is not { } found)
                continue;
            if (bucket > position.Bucket)
                position = new SpoolMark(bucket, 0);
            file = found;
            reader = new BucketFileReader(found, position.Position);
            damageSeen = 0;
            return true;
        }
        return false;
    }

    private void SayDamage()
    {
        for (; damageSeen < reader!.Damage.Count; damageSeen++)
            SpoolLog.SpoolDamaged(log, file!.Path, reader.Damage[damageSeen].From, reader.Damage[damageSeen].To);
    }

    private void Close()
    {
        reader?.Dispose();
        file?.Dispose();
        reader = null;
        file = null;
    }
}
