using System.Runtime.InteropServices;

namespace Tailer.Blocks.Native;

/// <summary>BLAKE2b-128 over a sequence that comes in pieces. Owns 384 bytes of native memory until disposed.</summary>
public sealed unsafe partial class Blake2bHasher : IDisposable
{
    private const int OutputBytes = 16;
    private const int Alignment = 64;

    private void* state;

    public Blake2bHasher()
    {
        // Without it libsodium works, but with the portable code instead of the fast one.
        Sodium.Initialise();
        state = NativeMemory.AlignedAlloc(crypto_generichash_statebytes(), Alignment);
        Check(crypto_generichash_init(state, null, 0, OutputBytes));
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(state == null, this);
        fixed (byte* b = bytes)
            Check(crypto_generichash_update(state, b, (ulong)bytes.Length));
    }

    /// <summary>The hash of everything added; nothing may be added afterwards.</summary>
    public ContentHash Finish()
    {
        ObjectDisposedException.ThrowIf(state == null, this);
        Span<byte> hash = stackalloc byte[OutputBytes];
        fixed (byte* h = hash)
            Check(crypto_generichash_final(state, h, OutputBytes));
        return ContentHash.Read(hash);
    }

    public void Dispose()
    {
        if (state != null)
            NativeMemory.AlignedFree(state);
        state = null;
    }

    /// <summary>These calls fail only when handed wrong lengths, which are fixed here.</summary>
    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"a libsodium call failed with {result}");
    }

    [LibraryImport("libsodium.so.23")] private static partial nuint crypto_generichash_statebytes();
    [LibraryImport("libsodium.so.23")] private static partial int crypto_generichash_init(void* state, byte* key, nuint keyBytes, nuint outputBytes);
    [LibraryImport("libsodium.so.23")] private static partial int crypto_generichash_update(void* state, byte* input, ulong inputBytes);
    [LibraryImport("libsodium.so.23")] private static partial int crypto_generichash_final(void* state, byte* output, nuint outputBytes);
}
