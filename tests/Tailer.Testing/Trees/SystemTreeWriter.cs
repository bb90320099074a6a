using Tailer.Disk;

namespace Tailer.Testing;

/// <summary>The machine's file system.</summary>
public sealed class SystemTreeWriter : ITreeWriter
{
    public static SystemTreeWriter Instance { get; } = new();

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void DeleteDirectory(string path) => Directory.Delete(path);

    public void Append(string path, ReadOnlySpan<byte> bytes)
    {
        using ITreeAppender file = OpenAppend(path);
        file.Append(bytes);
    }

    public ITreeAppender OpenAppend(string path) =>
        new Appender(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));

    public void Truncate(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(length);
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path)
    {
        if (!Exists(path))
            throw new FileNotFoundException($"{path} is not there", path);
        File.Delete(path);
    }

    public void Link(string existing, string name)
    {
        if (!SystemDisk.Instance.TryLink(existing, name))
            throw new IOException($"{name} is there already");
    }

    public void SymbolicLink(string target, string name) => File.CreateSymbolicLink(name, target);

    public bool Exists(string path) => Path.Exists(path);

    public byte[] ReadAll(string path) => File.ReadAllBytes(path);

    public void CopyModified(string from, string to) => File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from));

    public void Permit(string path, bool allowed)
    {
        const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        UnixFileMode mode = !allowed ? UnixFileMode.None : Directory.Exists(path) ? all | UnixFileMode.UserExecute : all;
        File.SetUnixFileMode(path, mode);
    }

    private sealed class Appender(FileStream file) : ITreeAppender
    {
        /// <summary>.NET opens without O_APPEND and keeps a position of its own.</summary>
        public void Append(ReadOnlySpan<byte> bytes)
        {
            file.Seek(0, SeekOrigin.End);
            file.Write(bytes);
        }

        public void Dispose() => file.Dispose();
    }
}
