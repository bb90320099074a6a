using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tailer.Disk;

/// <summary>The machine's file systems, by statx(2) and readdir(3).</summary>
public sealed partial class SystemFileTree : IFileTree
{
    private const int AtCurrentDirectory = -100;
    private const int AtEmptyPath = 0x1000;
    private const int AtNoAutomount = 0x800;
    private const uint BasicStats = 0x7ff;
    private const uint BirthTime = 0x800;
    private const int BufferBytes = 256;
    private const int TypeMask = 0xf000;
    private const int TypeRegular = 0x8000;
    private const int TypeDirectory = 0x4000;
    private const int NoEntry = 2;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int NotDirectory = 20;
    private const int LinksMax = 40;
    private const long LargestBlock = 65536;

    /// <summary>Read-only, without waiting for whoever writes to a pipe, not a controlling terminal, closed on exec.</summary>
    private const int OpenFlags = 0x800 | 0x100 | 0x80000;

    /// <summary>Files that the kernel makes as they are read have no end, no bytes that stay, or wait for ever (linux/magic.h).</summary>
    private static readonly long[] KernelFileSystems =
    [
        0x9fa0, // proc
        0x62656572, // sysfs
        0x64626720, // debugfs
        0x74726163, // tracefs
        0x73636673, // securityfs
        0x27e0eb, // cgroup
        0x63677270, // cgroup2
        0xcafe4a11, // bpf
        0x62656570, // configfs
    ];

    public static SystemFileTree Instance { get; } = new();

    public ulong NowNs => (ulong)(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public FilePresence Look(string path, out FileStatus status)
    {
        Span<byte> name = stackalloc byte[PathText.PathBytesMax];
        Span<byte> buffer = stackalloc byte[BufferBytes];
        status = default;
        if (!PathText.TryToBytes(path, name))
            return FilePresence.Hidden;
        if (statx(AtCurrentDirectory, in name[0], AtNoAutomount, BasicStats | BirthTime, ref buffer[0]) == 0)
        {
            status = Read(buffer);
            return FilePresence.There;
        }
        return Marshal.GetLastPInvokeError() is NoEntry or NotDirectory ? FilePresence.Absent : FilePresence.Hidden;
    }

    public unsafe IReadOnlyList<DirectoryEntry>? List(string directory)
    {
        Span<byte> path = stackalloc byte[PathText.PathBytesMax];
        nint stream = PathText.TryToBytes(directory, path) ? opendir(in path[0]) : 0;
        if (stream == 0)
            return null;
        var entries = new List<DirectoryEntry>();
        try
        {
            for (byte* entry = (byte*)readdir(stream); entry != null; entry = (byte*)readdir(stream))
            {
                // struct dirent of 64-bit Linux: inode u64, offset i64, length u16, type u8, name.
                string name = PathText.FromBytes(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19));
                if (name is "." or "..")
                    continue;
                entries.Add(new DirectoryEntry(name, Path.Join(directory, name), *(ulong*)entry, KindOf(entry[18])));
            }
        }
        finally
        {
            _ = closedir(stream);
        }
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    public IFileHandle Open(string path)
    {
        Span<byte> name = stackalloc byte[PathText.PathBytesMax];
        if (!PathText.TryToBytes(path, name))
            throw new IOException("its path is too long");
        int descriptor = open(in name[0], OpenFlags);
        if (descriptor < 0)
            throw NotOpened(path, Marshal.GetLastPInvokeError());
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            CheckKind(file);
            return new Handle(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public string Resolve(string path)
    {
        Span<byte> name = stackalloc byte[PathText.PathBytesMax];
        Span<byte> target = stackalloc byte[PathText.PathBytesMax];
        string at = path;
        for (int i = 0; i < LinksMax && PathText.TryToBytes(at, name); i++)
        {
            nint bytes = readlink(in name[0], ref target[0], (nuint)target.Length);
            if (bytes < 0)
                return at.Contains("/../", StringComparison.Ordinal) || at.Contains("/./", StringComparison.Ordinal) ? ResolveAll(at) ?? path : at;
            // An absolute target stays as it is. What is above a directory that is a link, only the system knows.
            at = Path.Combine(Path.GetDirectoryName(at)!, PathText.FromBytes(target[..(int)bytes]));
        }
        return path;
    }

    private static unsafe string? ResolveAll(string path)
    {
        Span<byte> name = stackalloc byte[PathText.PathBytesMax];
        Span<byte> real = stackalloc byte[PathText.PathBytesMax];
        if (!PathText.TryToBytes(path, name) || realpath(in name[0], ref real[0]) == 0)
            return null;
        return PathText.FromBytes(real[..real.IndexOf((byte)0)]);
    }

    private static Exception NotOpened(string path, int error)
    {
        string reason = Marshal.GetPInvokeErrorMessage(error);
        return error switch
        {
            NoEntry => new FileNotFoundException(reason, path),
            NotDirectory => new DirectoryNotFoundException(reason),
            AccessDenied or NotPermitted => new UnauthorizedAccessException(reason),
            _ => new IOException(reason),
        };
    }

    /// <summary>What was a file when it was looked at may be something else by now.</summary>
    private static void CheckKind(SafeFileHandle file)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        Stat(file, buffer);
        if (!Read(buffer).IsFile)
            throw new IOException("it is no file: a directory, pipe, socket or device");
        // struct statfs begins with the kind of file system.
        if (fstatfs(file, ref buffer[0]) == 0 && KernelFileSystems.Contains(BinaryPrimitives.ReadInt64LittleEndian(buffer)))
            throw new IOException("it is no file of a disk: the kernel makes what is read from it");
    }

    private static void Stat(SafeFileHandle file, Span<byte> into)
    {
        if (statx(file, in "\0"u8[0], AtEmptyPath, BasicStats | BirthTime, ref into[0]) != 0)
            throw new IOException($"statx of an open file failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Layout: struct statx in linux/stat.h.</summary>
    private static FileStatus Read(ReadOnlySpan<byte> statx)
    {
        uint mask = BinaryPrimitives.ReadUInt32LittleEndian(statx);
        int type = BinaryPrimitives.ReadUInt16LittleEndian(statx[28..]) & TypeMask;
        ulong device = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(statx[136..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(statx[140..]);
        return new FileStatus
        {
            Identity = new FileIdentity(device, BinaryPrimitives.ReadUInt64LittleEndian(statx[32..]), (mask & BirthTime) != 0 ? Time(statx[80..]) : 0),
            Links = BinaryPrimitives.ReadUInt32LittleEndian(statx[16..]),
            Size = BinaryPrimitives.ReadInt64LittleEndian(statx[40..]),
            ChangedNs = Time(statx[96..]),
            ModifiedNs = Time(statx[112..]),
            IsFile = type == TypeRegular,
            IsDirectory = type == TypeDirectory,
        };
    }

    /// <summary>struct statx_timestamp; times before 1970 count as unknown.</summary>
    private static ulong Time(ReadOnlySpan<byte> timestamp)
    {
        long seconds = BinaryPrimitives.ReadInt64LittleEndian(timestamp);
        return seconds < 0 ? 0 : (ulong)seconds * 1_000_000_000 + BinaryPrimitives.ReadUInt32LittleEndian(timestamp[8..]);
    }

    private static DirectoryEntryKind KindOf(byte type) => type switch
    {
        0 => DirectoryEntryKind.Unknown,
        4 => DirectoryEntryKind.Directory,
        8 => DirectoryEntryKind.File,
        10 => DirectoryEntryKind.Link,
        _ => DirectoryEntryKind.Other,
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int directory, ref readonly byte path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(SafeFileHandle file, ref readonly byte path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, ref byte buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(ref readonly byte path, int flags);

    [LibraryImport("libc")]
    private static partial nint readlink(ref readonly byte path, ref byte buffer, nuint bytes);

    [LibraryImport("libc")]
    private static partial nint realpath(ref readonly byte path, ref byte buffer);

    [LibraryImport("libc")]
    private static partial nint opendir(ref readonly byte path);

    [LibraryImport("libc")]
    private static partial nint readdir(nint stream);

    [LibraryImport("libc")]
    private static partial int closedir(nint stream);

    private sealed class Handle(SafeFileHandle file) : IFileHandle
    {
        public string? Name
        {
            get
            {
                Span<byte> target = stackalloc byte[PathText.PathBytesMax];
                Span<byte> name = stackalloc byte[BufferBytes];
                nint bytes = PathText.TryToBytes($"/proc/self/fd/{file.DangerousGetHandle()}", name) ? readlink(in name[0], ref target[0], (nuint)target.Length) : -1;
                return bytes < 0 ? null : PathText.FromBytes(target[..(int)bytes]);
            }
        }

        public FileStatus Status()
        {
            Span<byte> buffer = stackalloc byte[BufferBytes];
            Stat(file, buffer);
            return SystemFileTree.Read(buffer);
        }

        public bool EndsInHole(long from)
        {
            long end = RandomAccess.GetLength(file);
            // A block is written as a whole: what is behind one that was begun tells.
            return from <= end && end > 0 && FileHoles.IsUnwritten(file, Math.Min((from + LargestBlock - 1) / LargestBlock * LargestBlock, end - 1));
        }

        public int Read(Span<byte> into, long offset)
        {
            int done = 0;
            while (done < into.Length)
            {
                int read = RandomAccess.Read(file, into[done..], offset + done);
                if (read == 0)
                    break;
                done += read;
            }
            return done;
        }

        public void Dispose() => file.Dispose();
    }
}
