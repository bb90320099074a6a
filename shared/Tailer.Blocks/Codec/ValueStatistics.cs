using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>What a column's values are like: lengths, and which repeat. Reused; positions are into the block's text.</summary>
internal sealed class ValueStatistics
{
    private const int KeyBytes = 8;

    private int[] table = new int[1024];
    private ulong[] keys = new ulong[256];
    private int[] firsts = new int[256];
    private int[] counts = new int[256];
    private int[] distinctOf = new int[256];

    public int LengthMin { get; private set; }

    public int LengthMax { get; private set; }

    public int LengthSum { get; private set; }

    public bool IsConstant { get; private set; }

    /// <summary>Number of distinct values, in order of first use.</summary>
    public int Distinct { get; private set; }

    public int CountOf(int distinct) => counts[distinct];

    /// <summary>The value, by its place in the column, in which the distinct value is first.</summary>
    public int FirstOf(int distinct) => firsts[distinct];

    public int DistinctOf(int value) => distinctOf[value];

    public void ReadLengths(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths)
    {
        int min = lengths[0], max = lengths[0], sum = 0;
        bool constant = true;
        ReadOnlySpan<byte> first = text.Slice(starts[0], lengths[0]);
        for (int i = 0; i < lengths.Length; i++)
        {
            int length = lengths[i];
            sum += length;
            constant = constant && length == first.Length && text.Slice(starts[i], length).SequenceEqual(first);
            min = Math.Min(min, length);
            max = Math.Max(max, length);
        }
        (LengthMin, LengthMax, LengthSum, IsConstant) = (min, max, sum, constant);
    }

    public void CountDistinct(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths)
    {
        int n = starts.Length;
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)n * 2);
        Reserve(n, size);
        Distinct = 0;
        Span<int> slots = table.AsSpan(0, size);
        slots.Clear();
        ref byte origin = ref MemoryMarshal.GetReference(text);
        for (int i = 0; i < n; i++)
        {
            int length = lengths[i];
            ulong key = KeyOf(ref Unsafe.Add(ref origin, starts[i]), length);
            int slot = (int)((key * 0x9E3779B97F4A7C15) >> 40) & (size - 1);
            while (slots[slot] != 0)
            {
                int known = slots[slot] - 1;
                if (keys[known] == key && (length <= KeyBytes || IsSame(text, starts, lengths, firsts[known], i)))
                    break;
                slot = (slot + 1) & (size - 1);
            }
            if (slots[slot] == 0)
            {
                keys[Distinct] = key;
                firsts[Distinct] = i;
                counts[Distinct] = 0;
                slots[slot] = ++Distinct;
            }
            int distinct = slots[slot] - 1;
            counts[distinct]++;
            distinctOf[i] = distinct;
        }
    }

    private static bool IsSame(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, int a, int b) =>
        lengths[a] == lengths[b] && text.Slice(starts[a], lengths[a]).SequenceEqual(text.Slice(starts[b], lengths[b]));

    /// <summary>The value itself where it fits (values have no zero bytes), else a hash of it with a bit no value has.</summary>
    private static ulong KeyOf(ref byte value, int length)
    {
        ulong head = Unsafe.ReadUnaligned<ulong>(ref value);
        if (length <= KeyBytes)
            return head & (ulong.MaxValue >> (8 * (KeyBytes - length)));
        ulong key = (ulong)length;
        for (int at = 0; at + KeyBytes <= length; at += KeyBytes)
            key = BitOperations.RotateLeft((key ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, at))) * 0xC2B2AE3D27D4EB4F, 31);
        key = (key ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, length - KeyBytes))) * 0xC2B2AE3D27D4EB4F;
        return (key ^ key >> 29) | 1UL << 63;
    }

    private void Reserve(int values, int size)
    {
        if (table.Length < size)
            table = new int[size];
        if (keys.Length >= values)
            return;
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)values);
        keys = new ulong[capacity];
        firsts = new int[capacity];
        counts = new int[capacity];
        distinctOf = new int[capacity];
    }
}
