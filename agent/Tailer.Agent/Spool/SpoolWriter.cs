using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Appends records to the spool's files, each file holding one bucket's, and files in the order of their names: after the clock was
/// set back a file is named a second after the one before it, not by its bucket, until the clock has caught up. A failing disk is a
/// result, logged once. One owner.
/// </summary>
internal sealed class SpoolWriter(SpoolSettings settings, SpoolFiles files, ILogger log) : IDisposable
{
    private BucketFileWriter? writer;
    private ulong fileName;
    private ulong bucket;
    private long synced;
    private long unsure;
    private bool failing;

    /// <summary>Everything before it is written: it survives kill -9.</summary>
    public SpoolMark Written { get; private set; }

    /// <summary>Everything before it survives a power loss.</summary>
    public SpoolMark Synced => new(Written.Bucket, synced);

    /// <summary>Bytes of torn records that were cut from files opened again.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Goes on at the end that a start found; no file is opened yet.</summary>
    public void Continue(SpoolMark end, ulong lastBucket)
    {
        Written = end;
        fileName = end.Bucket;
        bucket = lastBucket;
        // Whether the last run synced it is not known.
        synced = 0;
    }

    /// <summary>Cuts what is torn at the end; false when the disk does not take it now.</summary>
    public bool TryOpen() => Try(() => Open(fileName, bucket));

    /// <summary>False when the record is not in the spool.</summary>
    public bool TryAppend(ulong recordBucket, RecordType type, PacketId id, ReadOnlyMemory<byte> body) => Try(() =>
    {
        if (writer is null || recordBucket != bucket)
            Open(NameFor(recordBucket), recordBucket);
        writer!.Append(type, id, body.Span);
        Written = new SpoolMark(fileName, writer.Length);
    });

    /// <summary>True when everything written would survive a power loss.</summary>
    public bool TrySync() => (synced == Written.Position && unsure == 0) || Try(Sync);

    public void Dispose() => writer?.Dispose();

    private bool Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!failing)
                SpoolLog.WriteFailed(log, e.Message);
            failing = true;
            return false;
        }
        if (failing)
            SpoolLog.WriteWorks(log);
        failing = false;
        return true;
    }

    /// <summary>Names ascend in the order of writing, whatever the clock did.</summary>
    private ulong NameFor(ulong recordBucket) =>
        recordBucket == bucket && fileName > 0 ? fileName : recordBucket > fileName ? recordBucket : fileName + LogTime.PerSecond;

    private void Open(ulong name, ulong recordBucket)
    {
        if (Written.Position > 0 && name != fileName)
            Sync();
        writer?.Dispose();
        writer = null;
        BucketFileWriter opened = files.OpenAppend(name);
        if (name == Written.Bucket && opened.Length < Written.Position)
        {
            // Records that were there are gone: what follows must not lie where they were said to be.
            SpoolLog.SpoolDamaged(log, opened.Path, opened.Length, Written.Position);
            opened.Dispose();
            (name, synced, unsure) = (name + LogTime.PerSecond, 0, 0);
            opened = files.OpenAppend(name);
        }
        writer = opened;
        if (writer.TornBytes > 0)
            SpoolLog.TornTail(log, writer.TornBytes, writer.Path);
        TornBytes += writer.TornBytes;
        if (name != fileName)
            synced = 0;
        (fileName, bucket) = (name, recordBucket);
        Written = new SpoolMark(name, writer.Length);
    }

    private void Sync()
    {
        if (writer is null)
            Open(fileName, bucket);
        if (unsure > 0)
            WriteAgain();
        try
        {
            writer!.Sync();
        }
        catch
        {
            // A system may forget what it could not write and call the next sync a success.
            unsure = Math.Max(unsure, writer!.Length);
            writer.Dispose();
            writer = null;
            throw;
        }
        (synced, unsure) = (writer.Length, 0);
    }

    /// <summary>After a failed sync: what it was about, so that the next one has to write it.</summary>
    private void WriteAgain()
    {
        using IDiskFile file = settings.Disk.OpenAppend(writer!.Path);
        file.WriteAgain(synced, unsure);
    }
}
