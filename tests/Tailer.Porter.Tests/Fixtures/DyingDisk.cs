using Tailer.Disk;

namespace Tailer.Porter.Tests;

/// <summary>
/// The real disk until the given change, counted from 1; that one and everything after fails, as if the process had been killed
/// there. A write that dies leaves half of its bytes. Syncs are counted and not done: a process that dies takes nothing with it
/// that it has written.
/// </summary>
internal sealed class DyingDisk(int diesAt) : IDisk
{
    private readonly SystemDisk disk = SystemDisk.Instance;
    private int changes;

    public bool IsDead => changes >= diesAt;

    private bool DiesNext => changes + 1 == diesAt;

    public void CreateDirectory(string path) => Change(() => disk.CreateDirectory(path));

    public IDiskFile OpenAppend(string path)
    {
        Change(() => { });
        return new DyingFile(this, disk.OpenAppend(path));
    }

    public IDiskFile? OpenRead(string path) => disk.OpenRead(path);

    public byte[]? ReadAll(string path) => disk.ReadAll(path);

    public bool Exists(string path) => disk.Exists(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public void Rename(string from, string to) => Change(() => disk.Rename(from, to));

    public bool TryLink(string from, string to)
    {
        bool linked = false;
        Change(() => linked = disk.TryLink(from, to));
        return linked;
    }

    public bool Delete(string path)
    {
        bool deleted = false;
        Change(() => deleted = disk.Delete(path));
        return deleted;
    }

    public bool DeleteDirectory(string path)
    {
        bool deleted = false;
        Change(() => deleted = disk.DeleteDirectory(path));
        return deleted;
    }

    public static DyingDisk Immortal => new(int.MaxValue);

    public void SyncDirectory(string path) => Change(() => { });

    public long FreeBytes(string path) => disk.FreeBytes(path);

    private void Change(Action change)
    {
        if (++changes >= diesAt)
            throw new IOException($"the process died at change {diesAt}");
        change();
    }

    private sealed class DyingFile(DyingDisk owner, IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (owner.DiesNext)
                file.Write(bytes[..(bytes.Length / 2)], offset);
            byte[] copy = bytes.ToArray();
            owner.Change(() => file.Write(copy, offset));
        }

        public void SetLength(long length) => owner.Change(() => file.SetLength(length));

        public void Sync() => owner.Change(() => { });

        public void Dispose() => file.Dispose();
    }
}
