using System.Buffers;
using System.Numerics;

namespace Tailer.Blocks;

/// <summary>
/// Rented byte arrays, as from <see cref="ArrayPool{T}.Shared"/>, which keeps one of every size for every thread that ever gave one back: with blocks
/// of 16 MiB and a dozen threads that is hundreds of MB which nobody uses. Large arrays are kept here for whoever comes next, a few of each size, and
/// weakly, so that a full collection takes those that nobody has rented. Thread-safe.
/// </summary>
public static class BufferPool
{
    /// <summary>Bytes up to which the shared pool is asked.</summary>
    private const int SmallMax = 128 * 1024;

    /// <summary>Arrays of one size that are kept: more than the threads of a process that work on blocks at once.</summary>
    private const int KeptMax = 8;

    private static readonly WeakReference<byte[]>[][] kept = [.. Enumerable.Range(0, 31).Select(_ => Enumerable.Range(0, KeptMax).Select(_ => new WeakReference<byte[]>(null!)).ToArray())];

    /// <summary>An array of at least this many bytes, whatever they are.</summary>
    public static byte[] Rent(int bytes)
    {
        if (bytes <= SmallMax)
            return ArrayPool<byte>.Shared.Rent(bytes);
        int size = BitOperations.Log2((uint)bytes - 1) + 1;
        // Above 1 GiB there is no next power of two that an array may have.
        return size < kept.Length ? Take(kept[size]) ?? GC.AllocateUninitializedArray<byte>(1 << size) : GC.AllocateUninitializedArray<byte>(bytes);
    }

    /// <summary>Gives back what was rented and is not used any more. An array of no bytes is nobody's.</summary>
    public static void Return(byte[] rented)
    {
        if (rented.Length == 0)
            return;
        if (rented.Length <= SmallMax)
            ArrayPool<byte>.Shared.Return(rented);
        else if (BitOperations.IsPow2(rented.Length))
            Keep(kept[BitOperations.Log2((uint)rented.Length)], rented);
    }

    private static byte[]? Take(WeakReference<byte[]>[] places)
    {
        lock (places)
        {
            foreach (WeakReference<byte[]> place in places)
            {
                if (place.TryGetTarget(out byte[]? array))
                {
                    place.SetTarget(null!);
                    return array;
                }
            }
        }
        return null;
    }

    private static void Keep(WeakReference<byte[]>[] places, byte[] array)
    {
        lock (places)
        {
            foreach (WeakReference<byte[]> place in places)
            {
                if (!place.TryGetTarget(out _))
                {
                    place.SetTarget(array);
                    return;
                }
            }
        }
    }
}
