using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>The bucket files of a spool by name. Stateless: the directory is the truth.</summary>
internal sealed class SpoolFiles(SpoolSettings settings)
{
    public string PathOf(ulong bucket) =>
        Path.Combine(settings.SpoolDirectory, Names.Bucket(bucket, bucket % settings.BucketWidth == 0 ? settings.BucketWidth : LogTime.PerSecond));

    /// <summary>Makes the directories.</summary>
    public void Prepare()
    {
        settings.Disk.CreateDirectory(settings.SpoolDirectory);
        settings.Disk.SyncDirectory(settings.StateDirectory);
        SyncParent();
    }

    /// <summary>Buckets that have a file, ascending.</summary>
    public IEnumerable<ulong> Buckets()
    {
        foreach (string day in settings.Disk.List(settings.SpoolDirectory))
        {
            foreach (string name in ListDay(day))
            {
                if (Names.TryParseBucket(day, name, out ulong bucket) && settings.Disk.Exists(Path.Combine(settings.SpoolDirectory, day, name)))
                    yield return bucket;
            }
        }
    }

    /// <summary>A state directory that the power takes away again would make the next start a first one.</summary>
    private void SyncParent()
    {
        try
        {
            if (Path.GetDirectoryName(settings.StateDirectory) is { } parent)
                settings.Disk.SyncDirectory(parent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's directory, which need not be readable; its file system writes names within seconds by itself.
            return;
        }
    }

    /// <summary>What is no day's directory is somebody else's.</summary>
    private IReadOnlyList<string> ListDay(string day)
    {
        if (!Names.IsDay(day))
            return [];
        try
        {
            return settings.Disk.List(Path.Combine(settings.SpoolDirectory, day));
        }
        catch (IOException) when (settings.Disk.OpenRead(Path.Combine(settings.SpoolDirectory, day)) is { } file)
        {
            file.Dispose();
            return [];
        }
    }

    /// <summary>The file of a bucket that was written with the width now configured or another one; null when it is gone.</summary>
    public IDiskFile? OpenRead(ulong bucket) => FindPath(bucket) is { } path ? settings.Disk.OpenRead(path) : null;

    /// <summary>Its name, too, survives a power loss after the writer's first sync.</summary>
    public BucketFileWriter OpenAppend(ulong bucket)
    {
        string path = FindPath(bucket) ?? PathOf(bucket);
        settings.Disk.CreateDirectory(Path.GetDirectoryName(path)!);
        return BucketFileWriter.Open(settings.Disk, path);
    }

    public long BytesOf(ulong bucket)
    {
        using IDiskFile? file = OpenRead(bucket);
        return file?.Length ?? 0;
    }

    public void Delete(ulong bucket)
    {
        if (FindPath(bucket) is not { } path)
            return;
        settings.Disk.Delete(path);
        settings.Disk.DeleteDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>After a change of bucket_time a file may have its name in the other form.</summary>
    private string? FindPath(ulong bucket)
    {
        foreach (ulong width in (ReadOnlySpan<ulong>)[LogTime.PerMinute, LogTime.PerSecond])
        {
            string path = Path.Combine(settings.SpoolDirectory, Names.Bucket(bucket, width));
            if (settings.Disk.Exists(path))
                return path;
        }
        return null;
    }
}
