using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tailer.Disk;

/// <summary>The machine's file systems.</summary>
public sealed partial class SystemDisk : IDisk
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static SystemDisk Instance { get; } = new();

    /// <summary>One directory after the other: .NET gives the mode only to the last, and its parents to everybody.</summary>
    public void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            CreateDirectory(parent);
        Directory.CreateDirectory(path, PrivateDirectory);
    }

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

    /// <summary>.NET copies when the names are on different file systems, which is not atomic, so this goes to libc (rename(2)).</summary>
    public void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
            throw Failed($"could not rename {from} to {to}");
    }

    public bool TryLink(string from, string to)
    {
        if (link(from, to) == 0)
            return true;
        const int EEXIST = 17;
        return Marshal.GetLastPInvokeError() == EEXIST ? false : throw Failed($"could not link {from} to {to}");
    }

    public bool Delete(string path)
    {
        if (unlink(path) == 0)
            return true;
        const int ENOENT = 2, ENOTDIR = 20;
        return Marshal.GetLastPInvokeError() is ENOENT or ENOTDIR ? false : throw Failed($"could not delete {path}");
    }

    public bool DeleteDirectory(string path)
    {
        if (rmdir(path) == 0)
            return true;
        const int ENOENT = 2, EEXIST = 17, ENOTEMPTY = 39;
        return Marshal.GetLastPInvokeError() is ENOENT or EEXIST or ENOTEMPTY ? false : throw Failed($"could not remove the directory {path}");
    }

    /// <summary>.NET refuses to open directories, so this goes to libc (open(2), fsync(2)).</summary>
    public void SyncDirectory(string path)
    {
        const int O_RDONLY = 0, O_DIRECTORY = 0x10000, O_CLOEXEC = 0x80000;
        int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
            throw Failed($"could not open the directory {path}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(descriptor) != 0)
            throw Failed($"could not sync the directory {path}");
    }

    public long FreeBytes(string path) => new DriveInfo(path).AvailableFreeSpace;

    /// <summary>Call it right after the libc function: it takes the reason from errno, and keeps it in HResult as .NET does.</summary>
    private static IOException Failed(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pwritev(int descriptor, Piece* pieces, int count, long offset);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Piece
    {
        public byte* Start;
        public nuint Bytes;
    }

    private sealed class SystemFile(string path, FileStream stream) : IDiskFile
    {
        private readonly SafeFileHandle handle = stream.SafeFileHandle;

        public string Path => path;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

        public void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
        {
            int written = Math.Max(0, TryWrite(first, second, offset));
            // What is left, or what failed, goes the usual way, which also says what failed.
            if (written < first.Length)
                Write(first[written..], offset + written);
            int rest = Math.Max(0, written - first.Length);
            if (rest < second.Length)
                Write(second[rest..], offset + first.Length + rest);
        }

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => stream.Dispose();

        /// <summary>pwritev(2): without putting the two together first.</summary>
        private unsafe int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
        {
            bool added = false;
            try
            {
                handle.DangerousAddRef(ref added);
                fixed (byte* a = first, b = second)
                {
                    Piece* pieces = stackalloc Piece[] { new() { Start = a, Bytes = (nuint)first.Length }, new() { Start = b, Bytes = (nuint)second.Length } };
                    return (int)pwritev((int)handle.DangerousGetHandle(), pieces, 2, offset);
                }
            }
            finally
            {
                if (added)
                    handle.DangerousRelease();
            }
        }
    }
}
