using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tailer.Disk;

/// <summary>The machine's file systems.</summary>
public sealed partial class SystemDisk : IDisk
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static SystemDisk Instance { get; } = new();

    public void CreateDirectory(string path) => Directory.CreateDirectory(path, PrivateDirectory);

    public IDiskFile OpenAppend(string path) => new SystemFile(path, new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        UnixCreateMode = PrivateFile,
        BufferSize = 0,
    }));

    public IDiskFile? OpenRead(string path)
    {
        try
        {
            return new SystemFile(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public byte[]? ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public bool Exists(string path) => Path.Exists(path);

    public IReadOnlyList<string> List(string directory)
    {
        try
        {
            string[] names = [.. Directory.EnumerateFileSystemEntries(directory).Select(entry => Path.GetFileName(entry))];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public bool TryLink(string from, string to)
    {
        if (link(from, to) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        const int EEXIST = 17;
        if (error == EEXIST)
            return false;
        throw new IOException($"could not link {from} to {to}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    public bool Delete(string path)
    {
        if (!File.Exists(path))
            return false;
        File.Delete(path);
        return true;
    }

    public bool DeleteDirectory(string path)
    {
        if (rmdir(path) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        const int ENOENT = 2, EEXIST = 17, ENOTEMPTY = 39;
        if (error is ENOENT or EEXIST or ENOTEMPTY)
            return false;
        throw new IOException($"could not remove the directory {path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>.NET refuses to open directories, so this goes to libc (open(2), fsync(2)).</summary>
    public void SyncDirectory(string path)
    {
        const int O_RDONLY = 0, O_DIRECTORY = 0x10000, O_CLOEXEC = 0x80000;
        int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
            throw new IOException($"could not open the directory {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(descriptor) != 0)
            throw new IOException($"could not sync the directory {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    public long FreeBytes(string path) => new DriveInfo(path).AvailableFreeSpace;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    private sealed class SystemFile(string path, FileStream stream) : IDiskFile
    {
        private readonly SafeFileHandle handle = stream.SafeFileHandle;

        public string Path => path;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => stream.Dispose();
    }
}
