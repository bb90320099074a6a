using System.Runtime.InteropServices;

namespace Tailer.Blocks.Native;

/// <summary>
/// A zstd dictionary (RFC 8878, 5), digested for both directions at one level. Made once and kept for the life of the process; any number
/// of threads use it at once.
/// </summary>
internal sealed partial class ZstdDictionary
{
    private const string Library = "libzstd.so.1";

    /// <summary>Throws when the bytes are no dictionary: a mistake of who built the program.</summary>
    public ZstdDictionary(ReadOnlySpan<byte> bytes, int level)
    {
        unsafe
        {
            fixed (byte* b = bytes)
            {
                Id = ZSTD_getDictID_fromDict(b, (nuint)bytes.Length);
                ForCompression = ZSTD_createCDict(b, (nuint)bytes.Length, level);
                ForDecompression = ZSTD_createDDict(b, (nuint)bytes.Length);
            }
        }
        if (Id == 0 || ForCompression == 0 || ForDecompression == 0)
            throw new InvalidDataException($"{bytes.Length} bytes are not a zstd dictionary; the program was built with a damaged one");
    }

    /// <summary>The number in its header.</summary>
    public uint Id { get; }

    public nint ForCompression { get; }

    public nint ForDecompression { get; }

    [LibraryImport(Library)] private static unsafe partial uint ZSTD_getDictID_fromDict(byte* dict, nuint dictSize);
    [LibraryImport(Library)] private static unsafe partial nint ZSTD_createCDict(byte* dict, nuint dictSize, int level);
    [LibraryImport(Library)] private static unsafe partial nint ZSTD_createDDict(byte* dict, nuint dictSize);
}
