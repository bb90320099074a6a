using Tailer.Disk;

namespace Tailer.Buck.Tests;

/// <summary>The machine's disks; <paramref name="syncing"/> is called before a file is synced and may wait.</summary>
internal sealed class HoldingDisk(Action<string> syncing) : IDisk
{
    private static readonly SystemDisk Inner = SystemDisk.Instance;

    public void CreateDirectory(string path) => Inner.CreateDirectory(path);

    public IDiskFile OpenAppend(string path) => new HoldingFile(Inner.OpenAppend(path), syncing);

    public IDiskFile? OpenRead(string path) => Inner.OpenRead(path);

    public byte[]? ReadAll(string path) => Inner.ReadAll(path);

    public bool Exists(string path) => Inner.Exists(path);

    public IReadOnlyList<string> List(string directory) => Inner.List(directory);

    public void Rename(string from, string to) => Inner.Rename(from, to);

    public bool TryLink(string from, string to) => Inner.TryLink(from, to);

    public bool Delete(string path) => Inner.Delete(path);

    public bool DeleteDirectory(string path) => Inner.DeleteDirectory(path);

    public void SyncDirectory(string path) => Inner.SyncDirectory(path);

    public long FreeBytes(string path) => Inner.FreeBytes(path);

    private sealed class HoldingFile(IDiskFile inner, Action<string> syncing) : IDiskFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => inner.Write(bytes, offset);

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync()
        {
            syncing(inner.Path);
            inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
