using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Reads the spool's records in the order in which they were written, from a mark on, while it grows. One reader's own.</summary>
internal sealed class SpoolCursor(SpoolFiles files, SpoolMark from, ILogger log, Action<SpoolMark>? onDamage = null) : IDisposable
{
    private IDiskFile? file;
    private BucketFileReader? reader;
    private SpoolMark position = from;
    private int damageSeen;

    /// <summary>Behind the record found last; at the end asked for when nothing lies before it any more.</summary>
    public SpoolMark Position => position;

    /// <summary>The body of the record found last; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Body => reader!.Body;

    /// <summary>The next record before <paramref name="end"/>, or null when there is none yet.</summary>
    public SpoolRecord? TryNext(SpoolMark end)
    {
        while (position < end)
        {
            if (reader is null && !Open(end))
                return null;
            if (reader!.TryReadNext())
            {
                SayDamage();
                // Behind damage that reaches over the end: not this reader's.
                if (new SpoolMark(position.Bucket, reader.RecordPosition) >= end)
                    position = end;
                if (position == end)
                    return null;
                position = new SpoolMark(position.Bucket, reader.Position);
                return new SpoolRecord(new SpoolMark(position.Bucket, reader.RecordPosition), reader.Header.Type, reader.Header.Id, reader.Header.BodyBytes);
            }
            // The end was taken before the file was read: if it is in a later file, this one is complete.
            if (end.Bucket == position.Bucket)
                return null;
            // Torn where it should be whole, or cut before what was sent already.
            if (reader.Position != file!.Length)
                SayDamage(Math.Min(reader.Position, file.Length), Math.Max(reader.Position, file.Length));
            Close();
            position = new SpoolMark(position.Bucket + 1, 0);
        }
        return null;
    }

    public void Dispose() => Close();

    /// <summary>Opens the file of the position's bucket, or of the next one that exists.</summary>
    private bool Open(SpoolMark end)
    {
        foreach (ulong bucket in files.Buckets())
        {
            if (bucket < position.Bucket || bucket > end.Bucket)
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
            SayDamage(reader.Damage[damageSeen].From, reader.Damage[damageSeen].To);
    }

    private void SayDamage(long from, long to)
    {
        SpoolLog.SpoolDamaged(log, file!.Path, from, to);
        onDamage?.Invoke(new SpoolMark(position.Bucket, from));
    }

    private void Close()
    {
        reader?.Dispose();
        file?.Dispose();
        reader = null;
        file = null;
    }
}
