using System.Runtime.InteropServices;

namespace Tailer.Blocks.Native;

/// <summary>
/// libzstd's simple and context API. One compressor and one decompressor per thread, kept for the thread's life: making a
/// context costs more than compressing a small packet. Errors of the decoder are values, because hostile input is normal.
/// </summary>
public static partial class Zstd
{
    private const string Library = "libzstd.so.1";

    [ThreadStatic] private static nint compressor;
    [ThreadStatic] private static nint decompressor;

    /// <summary>Worst case of <see cref="Compress"/>'s output for an input of this many bytes.</summary>
    public static int CompressBound(int inputBytes) => checked((int)ZSTD_compressBound((nuint)inputBytes));

    /// <summary>Compresses into one zstd frame (RFC 8878) and returns its length; the output must hold CompressBound.</summary>
    public static int Compress(ReadOnlySpan<byte> input, Span<byte> output, int level)
    {
        if (compressor == 0)
            compressor = ZSTD_createCCtx();
        unsafe
        {
            fixed (byte* i = input, o = output)
            {
                nuint written = ZSTD_compressCCtx(compressor, o, (nuint)output.Length, i, (nuint)input.Length, level);
                if (ZSTD_isError(written) != 0)
                    throw new ArgumentException($"zstd could not compress {input.Length} bytes into {output.Length}", nameof(output));
                return (int)written;
            }
        }
    }

    /// <summary>
    /// False when no zstd frame of <paramref name="packedBytes"/> can hold this much: a block of at most 128 KiB takes at least 4 bytes
    /// (RFC 8878, 3.1.1.2). Ask before renting memory for a length that the input claims.
    /// </summary>
    public static bool CanHold(int packedBytes, long plainBytes) => plainBytes <= ((packedBytes / 4L) + 1) * 128 * 1024;

    /// <summary>Decompresses one frame into exactly <paramref name="output"/>; false when it is damaged or of another size.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (decompressor == 0)
            decompressor = ZSTD_createDCtx();
        unsafe
        {
            fixed (byte* i = input, o = output)
            {
                nuint written = ZSTD_decompressDCtx(decompressor, o, (nuint)output.Length, i, (nuint)input.Length);
                return ZSTD_isError(written) == 0 && (int)written == output.Length;
            }
        }
    }

    [LibraryImport(Library)] private static partial nuint ZSTD_compressBound(nuint srcSize);
    [LibraryImport(Library)] private static partial nint ZSTD_createCCtx();
    [LibraryImport(Library)] private static partial nint ZSTD_createDCtx();
    [LibraryImport(Library)] private static unsafe partial nuint ZSTD_compressCCtx(nint ctx, byte* dst, nuint dstCapacity, byte* src, nuint srcSize, int level);
    [LibraryImport(Library)] private static unsafe partial nuint ZSTD_decompressDCtx(nint ctx, byte* dst, nuint dstCapacity, byte* src, nuint srcSize);
    [LibraryImport(Library)] private static partial uint ZSTD_isError(nuint code);
}
