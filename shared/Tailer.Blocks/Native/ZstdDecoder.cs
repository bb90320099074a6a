using System.Runtime.InteropServices;

namespace Tailer.Blocks.Native;

/// <summary>
/// Decompresses zstd frames (RFC 8878), one after the other, as their bytes come. Memory is the window a frame asks for, at most
/// 2^<c>windowLogMax</c> bytes. For one thread; holds native memory until disposed.
/// </summary>
public sealed partial class ZstdDecoder : IDisposable
{
    private const string Library = "libzstd.so.1";

    /// <summary>ZSTD_d_windowLogMax of zstd.h.</summary>
    private const int WindowLogMax = 100;

    private nint context = ZSTD_createDCtx();

    public ZstdDecoder(int windowLogMax)
    {
        if (ZSTD_isError(ZSTD_DCtx_setParameter(context, WindowLogMax, windowLogMax)) != 0)
            throw new ArgumentOutOfRangeException(nameof(windowLogMax), windowLogMax, "not a window that zstd knows");
    }

    /// <summary>The bytes so far end where a frame ends.</summary>
    public bool IsBetweenFrames { get; private set; } = true;

    /// <summary>
    /// Takes from the input and fills the output as far as either goes. False when the input is damaged or asks for a greater window;
    /// <paramref name="error"/> says which, and nothing more can be done.
    /// </summary>
    public unsafe bool TryDecode(ReadOnlySpan<byte> input, Span<byte> output, out int taken, out int written, out string error)
    {
        ObjectDisposedException.ThrowIf(context == 0, this);
        fixed (byte* i = input, o = output)
        {
            var from = new Buffer { Start = i, Size = (nuint)input.Length };
            var to = new Buffer { Start = o, Size = (nuint)output.Length };
            nuint result = ZSTD_decompressStream(context, &to, &from);
            (taken, written) = ((int)from.Position, (int)to.Position);
            bool good = ZSTD_isError(result) == 0;
            error = good ? "" : Marshal.PtrToStringUTF8(ZSTD_getErrorName(result)) ?? "damaged";
            // Without any input it only says that it would like to begin.
            if (taken > 0 || written > 0)
                IsBetweenFrames = good && result == 0;
            return good;
        }
    }

    public void Dispose()
    {
        if (context != 0)
            _ = ZSTD_freeDCtx(context);
        context = 0;
    }

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    private unsafe struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Library)] private static partial nint ZSTD_createDCtx();
    [LibraryImport(Library)] private static partial nuint ZSTD_freeDCtx(nint context);
    [LibraryImport(Library)] private static partial nuint ZSTD_DCtx_setParameter(nint context, int parameter, int value);
    [LibraryImport(Library)] private static unsafe partial nuint ZSTD_decompressStream(nint context, Buffer* output, Buffer* input);
    [LibraryImport(Library)] private static partial uint ZSTD_isError(nuint code);
    [LibraryImport(Library)] private static partial nint ZSTD_getErrorName(nuint code);
}
