using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tailer.Blocks;

/// <summary>Tells the processor what is read soon, where it cannot foresee it.</summary>
internal static class CpuCache
{
    private const int LineBytes = 64;

    /// <summary>Fetches the cache line of a place and the one behind it. No place is wrong: what may not be read is not fetched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch<T>(ref T place)
        where T : unmanaged
    {
        if (!Sse.IsSupported)
            return;
        // The garbage collector may move it meanwhile: then it was fetched for nothing.
        byte* bytes = (byte*)Unsafe.AsPointer(ref place);
        Sse.Prefetch0(bytes);
        Sse.Prefetch0(bytes + LineBytes);
    }
}
