using Microsoft.Extensions.Logging;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// The checkpoint on the disk. Beside it lies a reserve: on a full disk its space is given up for the next checkpoint, because only
/// behind a new checkpoint may spool files be pruned, and a spool that filled the disk would otherwise hold itself up.
/// </summary>
internal sealed class CheckpointFile(SpoolSettings settings, ILogger log)
{
    private const int ReserveLeast = 64 * 1024;

    private long reserved = -1;
    private bool failing;

    /// <summary>The last checkpoint did not get to the disk.</summary>
    public bool IsFailing => failing;

    /// <summary>The disk has no room to spare: the reserve was given up, or could not be made.</summary>
    public bool IsPressed { get; private set; }

    /// <summary>False when there is none. Null when there is one that cannot be read, which is logged.</summary>
    public bool TryLoad(out Checkpoint? checkpoint)
    {
        byte[]? bytes = settings.Disk.ReadAll(settings.CheckpointPath);
        checkpoint = bytes is null ? null : Checkpoint.TryRead(bytes);
        if (bytes is not null && checkpoint is null)
            SpoolLog.CheckpointDamaged(log, settings.CheckpointPath);
        return bytes is not null;
    }

    /// <summary>Deletes what crashes left of checkpoints half written.</summary>
    public void Sweep()
    {
        string prefix = Path.GetFileName(settings.CheckpointPath) + ".";
        foreach (string name in settings.Disk.List(settings.StateDirectory))
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal))
                settings.Disk.Delete(Path.Combine(settings.StateDirectory, name));
        }
    }

    /// <summary>True when it would survive a power loss now.</summary>
    public bool TrySave(Checkpoint checkpoint)
    {
        byte[] bytes = checkpoint.ToArray();
        try
        {
            Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!failing)
                SpoolLog.CheckpointFailed(log, e.Message);
            failing = true;
            return false;
        }
        if (failing)
            SpoolLog.CheckpointWorks(log);
        failing = false;
        return true;
    }

    /// <summary>Makes the reserve as large as the next checkpoint may be; a disk too full for it is tried again next time.</summary>
    public void Reserve(int checkpointBytes)
    {
        long wanted = ReserveLeast + (2L * checkpointBytes);
        if (reserved >= wanted - ReserveLeast)
            return;
        try
        {
            using IDiskFile file = settings.Disk.OpenAppend(settings.ReservePath);
            byte[] zeros = new byte[ReserveLeast];
            for (long at = file.Length; at < wanted; at += zeros.Length)
                file.Write(zeros, at);
            file.Sync();
            reserved = wanted;
            IsPressed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUpReserve();
            IsPressed = true;
        }
    }

    private void Write(byte[] bytes)
    {
        try
        {
            AtomicFile.Write(settings.Disk, settings.CheckpointPath, bytes);
        }
        catch (IOException) when (GiveUpReserve())
        {
            IsPressed = true;
            AtomicFile.Write(settings.Disk, settings.CheckpointPath, bytes);
        }
    }

    /// <summary>True when there was one.</summary>
    private bool GiveUpReserve()
    {
        reserved = -1;
        try
        {
            return settings.Disk.Delete(settings.ReservePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
