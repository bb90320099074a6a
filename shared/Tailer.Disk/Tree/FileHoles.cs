using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tailer.Disk;

/// <summary>
/// Tells what was never written in a file: holes, and blocks that were only allocated. Asked of the map of its blocks (FIEMAP), because
/// lseek(2) takes allocated blocks for data once somebody has read them.
/// </summary>
internal static partial class FileHoles
{
    private const nuint Fiemap = 0xC020660B;
    private const int HeadBytes = 32;
    private const int ExtentBytes = 56;
    private const int ExtentsAtOnce = 32;
    private const int CallsMax = 64;
    private const uint Last = 0x1;
    private const uint Unwritten = 0x800;
    private const int SeekData = 3;

    /// <summary>ENXIO: no data from there to the end.</summary>
    private const int NoData = 6;

    /// <summary>Nothing was written from the offset to the end. False where the file system does not say.</summary>
    public static bool IsUnwritten(SafeFileHandle file, long offset)
    {
        Span<byte> map = stackalloc byte[HeadBytes + ExtentsAtOnce * ExtentBytes];
        for (int i = 0; i < CallsMax; i++)
        {
            map.Clear();
            // struct fiemap: start u64, length u64, flags u32, extents given u32, room for extents u32, reserved u32.
            BinaryPrimitives.WriteInt64LittleEndian(map, offset);
            BinaryPrimitives.WriteInt64LittleEndian(map[8..], long.MaxValue - offset);
            BinaryPrimitives.WriteInt32LittleEndian(map[24..], ExtentsAtOnce);
            if (ioctl(file, Fiemap, ref map[0]) != 0)
                return lseek(file, offset, SeekData) < 0 && Marshal.GetLastPInvokeError() == NoData;
            int extents = BinaryPrimitives.ReadInt32LittleEndian(map[20..]);
            for (int e = 0; e < extents; e++)
            {
                // struct fiemap_extent: where in the file u64, where on the disk u64, length u64, reserved 16 bytes, flags u32, reserved 12 bytes.
                ReadOnlySpan<byte> extent = map.Slice(HeadBytes + e * ExtentBytes, ExtentBytes);
                uint flags = BinaryPrimitives.ReadUInt32LittleEndian(extent[40..]);
                if ((flags & Unwritten) == 0)
                    return false;
                if ((flags & Last) != 0)
                    return true;
                offset = BinaryPrimitives.ReadInt64LittleEndian(extent) + BinaryPrimitives.ReadInt64LittleEndian(extent[16..]);
            }
            if (extents < ExtentsAtOnce)
                return true;
        }
        return false;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, ref byte argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int from);
}
