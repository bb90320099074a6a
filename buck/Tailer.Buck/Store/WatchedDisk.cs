using System.Buffers;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// A disk of which each call has a time limit. Who reads, lists, opens or deletes is answered with an <see cref="IOException"/> at the limit. Writes and syncs
/// are made by their own threads, because a change of threads would cost as much as they do: what comes back too late throws, also when it was done.
/// </summary>
/// <param name="inner">The operations.</param>
/// <param name="calls">Of this disk.</param>
/// <param name="readFailed">Told of each error with which the disk answered a read.</param>
internal sealed class WatchedDisk(IDisk inner, DiskCalls calls, Action<string, IOException> readFailed) : IDisk
{
    private readonly DiskCalls calls = calls;

    public void CreateDirectory(string path) => Do("creating", path, () => inner.CreateDirectory(path));

    public IDiskFile OpenAppend(string path) => new WatchedFile(this, calls.Run("opening", path, () => inner.OpenAppend(path), static file => file.Dispose()));

    public IDiskFile? OpenRead(string path) =>
        Read("opening", path, () => inner.OpenRead(path), static file => file?.Dispose()) is { } file ? new WatchedFile(this, file) : null;

    public byte[]? ReadAll(string path) => Read("reading", path, () => inner.ReadAll(path));

    public bool Exists(string path) => calls.Run("looking for", path, () => inner.Exists(path));

    public IReadOnlyList<string> List(string directory) => Read("listing", directory, () => inner.List(directory));

    public void Rename(string from, string to) => Do("renaming", from, () => inner.Rename(from, to));

    public bool TryLink(string from, string to) => calls.Run("linking", from, () => inner.TryLink(from, to));

    public bool Delete(string path) => calls.Run("deleting", path, () => inner.Delete(path));

    public bool DeleteDirectory(string path) => calls.Run("deleting", path, () => inner.DeleteDirectory(path));

    public void SyncDirectory(string path) => Do("syncing", path, () => inner.SyncDirectory(path));

    public long FreeBytes(string path) => calls.Run("the free space of", path, () => inner.FreeBytes(path));

    private void Do(string what, string path, Action work) => calls.Run(what, path, () =>
    {
        work();
        return true;
    });

    private T Read<T>(string what, string path, Func<T> work, Action<T>? forget = null)
    {
        try
        {
            return calls.Run(what, path, work, forget);
        }
        catch (IOException e) when (DiskErrors.IsOfDisk(e))
        {
            readFailed(path, e);
            throw;
        }
    }

    /// <summary>On the caller's thread.</summary>
    private void Here(string what, string path, Action work)
    {
        DiskCall call = calls.Begin(what, path);
        try
        {
            work();
        }
        finally
        {
            Ended(call);
        }
    }

    private void Ended(DiskCall call)
    {
        if (!calls.End(call))
            throw new IOException(call.Text);
    }

    private sealed class WatchedFile(WatchedDisk disk, IDiskFile inner) : IDiskFile
    {
        public string Path => inner.Path;

        public long Length => disk.Read("the length of", Path, () => inner.Length);

        /// <summary>Into memory of its own: what comes too late must not be put where something else is by then.</summary>
        public int Read(Span<byte> buffer, long offset)
        {
            int bytes = buffer.Length;
            byte[] own = ArrayPool<byte>.Shared.Rent(bytes);
            int read = disk.Read("reading", Path, () => inner.Read(own.AsSpan(0, bytes), offset));
            own.AsSpan(0, read).CopyTo(buffer);
            ArrayPool<byte>.Shared.Return(own);
            return read;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            DiskCall call = disk.calls.Begin("writing", Path);
            try
            {
                inner.Write(bytes, offset);
            }
            finally
            {
                disk.Ended(call);
            }
        }

        public void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
        {
            DiskCall call = disk.calls.Begin("writing", Path);
            try
            {
                inner.Write(first, second, offset);
            }
            finally
            {
                disk.Ended(call);
            }
        }

        public void SetLength(long length) => disk.Here("cutting", Path, () => inner.SetLength(length));

        public void Sync() => disk.Here("syncing", Path, inner.Sync);

        public void Dispose()
        {
            DiskCall call = disk.calls.Begin("closing", Path);
            inner.Dispose();
            disk.calls.End(call);
        }
    }
}
