using System.Runtime.InteropServices;

namespace Tailer.Blocks.Native;

/// <summary>
/// libzstd's simple and context API. One compressor and one decompressor per thread, kept for the thread's life: making a
/// context costs more than compressing a small packet. Errors of the decoder are values, because hostile input is normal.
/// </summary>
public static partial class Zstd
{
    private const string Library = "libzstd.so.1";

    // ZSTD_cParameter of zstd.h 1.4 and later.
    private const int CompressionLevel = 100, HashLog = 102, MinMatch = 105, TargetLength = 106;

    /// <summary>One of zstd.h's experimental parameters, the same since 1.4: 1 has literals compressed whatever the target length is.</summary>
    private const int LiteralCompression = 1002;

    /// <summary>Of a backlog's digits: 0.22 ns of each byte of lines instead of 0.37, and packets 13 % larger (docs/performance.md).</summary>
    private const int QuickTargetLength = 20;

    [ThreadStatic] private static nint compressor;
    [ThreadStatic] private static nint digitCompressor;
    [ThreadStatic] private static nint quickDigitCompressor;
    [ThreadStatic] private static nint decompressor;
    [ThreadStatic] private static nint blockCompressor;

    /// <summary>A zstd block holds no more (RFC 8878, 3.1.1.2.4).</summary>
    internal const int BlockBytesMax = 128 * 1024;

    private const int BlockHeaderBytes = 3;

    /// <summary>The low three bits of a block's header: the last one, compressed.</summary>
    private const int LastCompressedBlock = 1 | 2 << 1;

    /// <summary>The window's place in <see cref="FrameStart"/>; a reader may assume a greater one than the writer had.</summary>
    private const int WindowAt = 5;

    /// <summary>Magic, a descriptor without optional fields, a window of 1 MiB.</summary>
    private static ReadOnlySpan<byte> FrameStart => [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50];

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
    /// The same for bytes that are mostly random digits, of any level: long matches only, looked for in a table of 4 KiB. Short ones
    /// cost more bits than the digits they stand for, so that this is smaller than levels up to 9, and faster (docs/performance.md). A quick one
    /// looks for them in fewer places.
    /// </summary>
    internal static int CompressDigits(ReadOnlySpan<byte> input, Span<byte> output, bool isQuick)
    {
        ref nint context = ref isQuick ? ref quickDigitCompressor : ref digitCompressor;
        if (context == 0)
            context = isQuick ? CreateQuickDigitCompressor() : CreateDigitCompressor();
        unsafe
        {
            fixed (byte* i = input, o = output)
            {
                nuint written = ZSTD_compress2(context, o, (nuint)output.Length, i, (nuint)input.Length);
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

    /// <summary>
    /// Compresses into the content of one compressed block (RFC 8878, 3.1.1.3) by a dictionary, without what a frame has around it, and
    /// returns its length; 0 when that would not be smaller than the input. The output must hold CompressBound; input is at most
    /// <see cref="BlockBytesMax"/>.
    /// </summary>
    internal static int CompressBlock(ReadOnlySpan<byte> input, Span<byte> output, ZstdDictionary dictionary)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(input.Length, BlockBytesMax);
        if (blockCompressor == 0)
            blockCompressor = MakeBlockCompressor();
        unsafe
        {
            fixed (byte* i = input, o = output)
            {
                Check(ZSTD_CCtx_refCDict(blockCompressor, dictionary.ForCompression));
                nuint written = ZSTD_compress2(blockCompressor, o, (nuint)output.Length, i, (nuint)input.Length);
                Check(written);
                return TakeBlock(output[..(int)written], input.Length);
            }
        }
    }

    /// <summary>Unpacks what <see cref="CompressBlock"/> made into exactly <paramref name="output"/>; false when it is damaged or of another size.</summary>
    internal static bool TryDecompressBlock(ReadOnlySpan<byte> content, Span<byte> output, ZstdDictionary dictionary)
    {
        if (content.Length is 0 or > BlockBytesMax)
            return false;
        if (decompressor == 0)
            decompressor = ZSTD_createDCtx();
        byte[] frame = BufferPool.Rent(FrameStart.Length + BlockHeaderBytes + content.Length);
        FrameStart.CopyTo(frame);
        int header = content.Length << 3 | LastCompressedBlock;
        (frame[FrameStart.Length], frame[FrameStart.Length + 1], frame[FrameStart.Length + 2]) = ((byte)header, (byte)(header >> 8), (byte)(header >> 16));
        content.CopyTo(frame.AsSpan(FrameStart.Length + BlockHeaderBytes));
        unsafe
        {
            fixed (byte* i = frame, o = output)
            {
                nuint written = ZSTD_decompress_usingDDict(
                    decompressor, o, (nuint)output.Length, i, (nuint)(FrameStart.Length + BlockHeaderBytes + content.Length), dictionary.ForDecompression);
                BufferPool.Return(frame);
                return ZSTD_isError(written) == 0 && (int)written == output.Length;
            }
        }
    }

    /// <summary>Of a frame of one block without any optional field, moves the block's content to the begin.</summary>
    private static int TakeBlock(Span<byte> frame, int inputBytes)
    {
        int start = FrameStart.Length + BlockHeaderBytes, bytes = frame.Length - start;
        bool isPlainFrame = bytes > 0 && bytes < inputBytes && frame[..WindowAt].SequenceEqual(FrameStart[..WindowAt]);
        if (!isPlainFrame || (frame[FrameStart.Length] | frame[FrameStart.Length + 1] << 8 | frame[FrameStart.Length + 2] << 16) != (bytes << 3 | LastCompressedBlock))
            return 0;
        frame[start..].CopyTo(frame);
        return bytes;
    }

    private static nint MakeBlockCompressor()
    {
        // zstd.h: ZSTD_c_contentSizeFlag, ZSTD_c_checksumFlag, ZSTD_c_dictIDFlag.
        const int ContentSize = 200, Checksum = 201, DictionaryId = 202;
        nint made = ZSTD_createCCtx();
        foreach (int field in (ReadOnlySpan<int>)[ContentSize, Checksum, DictionaryId])
            Check(ZSTD_CCtx_setParameter(made, field, 0));
        return made;
    }

    private static void Check(nuint result)
    {
        if (ZSTD_isError(result) != 0)
            throw new InvalidOperationException($"zstd failed: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))}");
    }

    private static nint CreateDigitCompressor()
    {
        nint context = ZSTD_createCCtx();
        foreach ((int parameter, int value) in ((int, int)[])[(CompressionLevel, 1), (HashLog, 10), (MinMatch, 7)])
        {
            if (ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)) != 0)
                throw new NotSupportedException($"this libzstd has no parameter {parameter}; at least version 1.4 is needed");
        }
        return context;
    }

    /// <summary>As the other, in a library that does not take the parameters.</summary>
    private static nint CreateQuickDigitCompressor()
    {
        nint context = CreateDigitCompressor();
        if (ZSTD_isError(ZSTD_CCtx_setParameter(context, LiteralCompression, 1)) == 0)
            Check(ZSTD_CCtx_setParameter(context, TargetLength, QuickTargetLength));
        return context;
    }

    [LibraryImport(Library)] private static partial nuint ZSTD_compressBound(nuint srcSize);
    [LibraryImport(Library)] private static partial nint ZSTD_createCCtx();
    [LibraryImport(Library)] private static partial nint ZSTD_createDCtx();
    [LibraryImport(Library)] private static unsafe partial nuint ZSTD_compressCCtx(nint ctx, byte* dst, nuint dstCapacity, byte* src, nuint srcSize, int level);
    [LibraryImport(Library)] private static unsafe partial nuint ZSTD_compress2(nint ctx, byte* dst, nuint dstCapacity, byte* src, nuint srcSize);
    [LibraryImport(Library)] private static partial nuint ZSTD_CCtx_setParameter(nint ctx, int parameter, int value);
    [LibraryImport(Library)] private static unsafe partial nuint ZSTD_decompressDCtx(nint ctx, byte* dst, nuint dstCapacity, byte* src, nuint srcSize);
    [LibraryImport(Library)] private static partial uint ZSTD_isError(nuint code);
    [LibraryImport(Library)] private static partial nint ZSTD_getErrorName(nuint code);
    [LibraryImport(Library)] private static partial nuint ZSTD_CCtx_refCDict(nint ctx, nint dictionary);
    [LibraryImport(Library)] private static unsafe partial nuint ZSTD_decompress_usingDDict(nint ctx, byte* dst, nuint dstCapacity, byte* src, nuint srcSize, nint dictionary);
}
