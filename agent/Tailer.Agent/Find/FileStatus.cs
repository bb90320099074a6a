using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tailer.Agent;

/// <summary>What statx(2) says of a file; times are nanoseconds since the Unix epoch.</summary>
internal readonly partial record struct FileStatus
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

    public FileIdentity Identity { get; init; }
    public long Size { get; init; }
    public ulong ModifiedNs { get; init; }

    /// <summary>Last change of the inode: content, links or name.</summary>
    public ulong ChangedNs { get; init; }
    public uint Links { get; init; }
    public bool IsFile { get; init; }
    public bool IsDirectory { get; init; }

    /// <summary>When the file began, as well as the file system can tell.</summary>
    public ulong StartedNs => Identity.BirthTimeNs != 0 ? Identity.BirthTimeNs : ModifiedNs;

    /// <summary>Follows symbolic links; false when nothing is there, or nothing that may be seen.</summary>
    public static bool TryRead(string path, out FileStatus status)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        bool found = statx(AtCurrentDirectory, path, AtNoAutomount, BasicStats | BirthTime, ref MemoryMarshal.GetReference(buffer)) == 0;
        status = found ? Read(buffer) : default;
        return found;
    }

    /// <summary>Status of an open file. Throws <see cref="IOException"/> when the handle is bad, which only a defect makes it.</summary>
    public static FileStatus Read(SafeFileHandle handle)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        if (statx(handle, "", AtEmptyPath, BasicStats | BirthTime, ref MemoryMarshal.GetReference(buffer)) != 0)
            throw new IOException($"statx of an open file failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        return Read(buffer);
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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle file, string path, int flags, uint mask, ref byte buffer);
}
