using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tailer.Reliability;

/// <summary>A log file as a logging program has it open: O_APPEND, plain write(2), nothing buffered.</summary>
internal sealed partial class LogFile : IDisposable
{
    private const int WriteOnlyCreateAppendCloseOnExec = 0x1 | 0x40 | 0x400 | 0x80000;
    private const uint ReadableByAll = 0x1a4;
    private const int AtEmptyPath = 0x1000;
    private const uint BasicStatsAndBirth = 0xfff;

    private readonly SafeFileHandle handle;

    public LogFile(string path)
    {
        int descriptor = open(path, WriteOnlyCreateAppendCloseOnExec, ReadableByAll);
        if (descriptor < 0)
            throw Failure($"open {path}");
        handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> status = stackalloc byte[256];
        if (statx(handle, "", AtEmptyPath, BasicStatsAndBirth, ref MemoryMarshal.GetReference(status)) != 0)
            throw Failure($"statx {path}");
        // Layout: struct statx in linux/stat.h.
        Device = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[136..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(status[140..]);
        Inode = BinaryPrimitives.ReadUInt64LittleEndian(status[32..]);
        BirthNs = (ulong)BinaryPrimitives.ReadInt64LittleEndian(status[80..]) * 1_000_000_000 + BinaryPrimitives.ReadUInt32LittleEndian(status[88..]);
    }

    public ulong Device { get; }

    public ulong Inode { get; }

    public ulong BirthNs { get; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written = write(handle, ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written < 0)
                throw Failure("write");
            bytes = bytes[(int)written..];
        }
    }

    public void Truncate()
    {
        if (ftruncate(handle, 0) != 0)
            throw Failure("ftruncate");
    }

    public void Dispose() => handle.Dispose();

    private static IOException Failure(string what) => new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle file, ref byte buffer, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle file, string path, int flags, uint mask, ref byte buffer);
}
