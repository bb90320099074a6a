using System.Globalization;
using Tailer.Disk;

namespace Tailer.Testing;

/// <summary>
/// A disk that fails at a chosen operation. Each operation has a number, from 1; run once without a fault to learn how many there
/// are, then once for each number. A write that fails has written half of its bytes. Thread-safe if the inner disk is.
/// </summary>
public sealed class FaultyDisk(IDisk inner) : IDisk
{
    private readonly Lock gate = new();
    private readonly List<string> operations = [];
    private int count;
    private bool broken;

    /// <summary>Number of the operation that throws; 0 for none.</summary>
    public int FailAt { get; set; }

    /// <summary>After the failure everything fails, as on a disk that died.</summary>
    public bool StaysBroken { get; set; }

    /// <summary>A sync that fails has the system forget what was not synced: no later sync brings it to the disk.</summary>
    public bool ForgetsUnsynced { get; set; }

    /// <summary>Called when the failure happens, after half of a failing write and before it throws: to take the power away, say.</summary>
    public Action? OnFailure { get; set; }

    /// <summary>Which operations count; null for all.</summary>
    public Func<DiskOperation, string, bool>? Counts { get; set; }

    /// <summary>errno of its failures; 0: none that means anything.</summary>
    public int ErrorNumber { get; set; }

    /// <summary>Called before each operation; may wait, and holds up only that one.</summary>
    public Action<DiskOperation, string>? Before { get; set; }

    /// <summary>Operations counted so far.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <summary>What was asked for, in order: to show in the message of a test that failed.</summary>
    public IReadOnlyList<string> Operations
    {
        get
        {
            lock (gate)
                return [.. operations];
        }
    }

    /// <summary>Makes every later operation fail, until <see cref="Repair"/>.</summary>
    public void Break() => broken = true;

    /// <summary>The disk works again, and the operations count from 1 again.</summary>
    public void Repair()
    {
        lock (gate)
        {
            broken = false;
            FailAt = count = 0;
            operations.Clear();
        }
    }

    public void CreateDirectory(string path)
    {
        Step(DiskOperation.CreateDirectory, path);
        inner.CreateDirectory(path);
    }

    public IDiskFile OpenAppend(string path)
    {
        Step(DiskOperation.OpenAppend, path);
        return new FaultyFile(this, inner.OpenAppend(path));
    }

    public IDiskFile? OpenRead(string path)
    {
        Step(DiskOperation.OpenRead, path);
        return inner.OpenRead(path) is { } file ? new FaultyFile(this, file) : null;
    }

    public byte[]? ReadAll(string path)
    {
        Step(DiskOperation.ReadAll, path);
        return inner.ReadAll(path);
    }

    public bool Exists(string path)
    {
        Step(DiskOperation.Exists, path);
        return inner.Exists(path);
    }

    public IReadOnlyList<string> List(string directory)
    {
        Step(DiskOperation.List, directory);
        return inner.List(directory);
    }

    public void Rename(string from, string to)
    {
        Step(DiskOperation.Rename, to);
        inner.Rename(from, to);
    }

    public bool TryLink(string from, string to)
    {
        Step(DiskOperation.Link, to);
        return inner.TryLink(from, to);
    }

    public bool Delete(string path)
    {
        Step(DiskOperation.Delete, path);
        return inner.Delete(path);
    }

    public bool DeleteDirectory(string path)
    {
        Step(DiskOperation.DeleteDirectory, path);
        return inner.DeleteDirectory(path);
    }

    public void SyncDirectory(string path)
    {
        Step(DiskOperation.SyncDirectory, path);
        inner.SyncDirectory(path);
    }

    public long FreeBytes(string path) => inner.FreeBytes(path);

    private void Step(DiskOperation operation, string path, Action? half = null)
    {
        int number;
        Before?.Invoke(operation, path);
        lock (gate)
        {
            if (Counts?.Invoke(operation, path) == false)
                return;
            number = ++count;
            operations.Add(string.Create(CultureInfo.InvariantCulture, $"{number} {operation} {path}"));
            if (!broken && number != FailAt)
                return;
            broken |= StaysBroken;
        }
        half?.Invoke();
        OnFailure?.Invoke();
        string message = string.Create(CultureInfo.InvariantCulture, $"the simulated disk failed at operation {number}: {operation} {path}");
        throw ErrorNumber == 0 ? new IOException(message) : new IOException(message, ErrorNumber);
    }

    private sealed class FaultyFile(FaultyDisk disk, IDiskFile inner) : IDiskFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            disk.Step(DiskOperation.Read, Path);
            return inner.Read(buffer, offset);
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            byte[] half = bytes[..(bytes.Length / 2)].ToArray();
            disk.Step(DiskOperation.Write, Path, () => inner.Write(half, offset));
            inner.Write(bytes, offset);
        }

        public void SetLength(long length)
        {
            disk.Step(DiskOperation.SetLength, Path);
            inner.SetLength(length);
        }

        public void Sync()
        {
            disk.Step(DiskOperation.Sync, Path, () =>
            {
                if (disk.ForgetsUnsynced && inner is IForgetfulFile file)
                    file.FailSync();
            });
            inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
