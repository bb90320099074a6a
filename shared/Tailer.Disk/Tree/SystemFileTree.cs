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
    private const int NotDirectory = 20;

    public static SystemFileTree Instance { get; } = new();

    public ulong NowNs => (ulong)(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public FilePresence Look(string path, out FileStatus status)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        if (statx(AtCurrentDirectory, path, AtNoAutomount, BasicStats | BirthTime, ref MemoryMarshal.GetReference(buffer)) == 0)
        {
            status = Read(buffer);
            return FilePresence.There;
        }
        status = default;
        return Marshal.GetLastPInvokeError() is NoEntry or NotDirectory ? FilePresence.Absent : FilePresence.Hidden;
    }

    public unsafe IReadOnlyList<DirectoryEntry>? List(string directory)
    {
        nint stream = opendir(directory);
        if (stream == 0)
            return null;
        var entries = new List<DirectoryEntry>();
        try
        {
            for (byte* entry = (byte*)readdir(stream); entry != null; entry = (byte*)readdir(stream))
            {
                // struct dirent of 64-bit Linux: inode u64, offset i64, length u16, type u8, name.
                string name = Marshal.PtrToStringUTF8((nint)(entry + 19))!;
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

    public IFileHandle Open(string path) =>
        new Handle(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public string Resolve(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path;
        }
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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle file, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint opendir(string path);

    [LibraryImport("libc")]
    private static partial nint readdir(nint stream);

    [LibraryImport("libc")]
    private static partial int closedir(nint stream);

    private sealed class Handle(SafeFileHandle file) : IFileHandle
    {
        public string? Name => new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget;

        public FileStatus Status()
        {
            Span<byte> buffer = stackalloc byte[BufferBytes];
            if (statx(file, "", AtEmptyPath, BasicStats | BirthTime, ref MemoryMarshal.GetReference(buffer)) != 0)
                throw new IOException($"statx of an open file failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
            return SystemFileTree.Read(buffer);
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
