using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>The values of one column: where they are in the block's text, their lengths, and which repeat. Reused.</summary>
internal sealed class ColumnValues
{
    private const ulong LongKey = 1UL << 63;

    private int[] starts = [];
    private byte[] lengths = [];
    private ulong[] keys = [];
    private int[] distinctOf = [];
    private ulong[] distinctKeys = [];
    private int[] firsts = [];
    private int[] counts = [];
    private int[] table = [];

    public int Count { get; private set; }

    public int LengthMin { get; private set; }

    public int LengthMax { get; private set; }

    public int LengthSum { get; private set; }

    /// <summary>Number of distinct values, in order of first use.</summary>
    public int Distinct { get; private set; }

    public ReadOnlySpan<byte> Lengths => lengths.AsSpan(0, Count);

    /// <summary>The distinct value of each value.</summary>
    public ReadOnlySpan<int> DistinctOf => distinctOf.AsSpan(0, Count);

    /// <summary>How often each distinct value is there.</summary>
    public ReadOnlySpan<int> Counts => counts.AsSpan(0, Distinct);

    /// <summary>The value, by its place in the column, in which the distinct value is first.</summary>
    public int FirstOf(int distinct) => firsts[distinct];

    /// <summary>
    /// Gathers the values of one slot, <paramref name="slot"/> behind the first of each line. False when all are the same. The text must
    /// be readable for <see cref="BlockEvents.TextSlackBytes"/> behind its end.
    /// </summary>
    public bool Read(ReadOnlySpan<byte> text, Slot[] slots, ReadOnlySpan<int> firstSlots, int slot)
    {
        Count = firstSlots.Length;
        Reserve(Count);
        ref byte origin = ref MemoryMarshal.GetReference(text);
        ref Slot first = ref MemoryMarshal.GetArrayDataReference(slots);
        Span<int> toStarts = starts.AsSpan(0, firstSlots.Length);
        Span<byte> toLengths = lengths.AsSpan(0, firstSlots.Length);
        Span<ulong> toKeys = keys.AsSpan(0, firstSlots.Length);
        int min = int.MaxValue, max = 0, sum = 0;
        ulong different = 0, before = 0;
        for (int i = 0; i < firstSlots.Length; i++)
        {
            // The first slots are the tokenizer's own, and each line of the template has this many.
            ref Slot value = ref Unsafe.Add(ref first, firstSlots[i] + slot);
            int length = value.Length;
            // Values have no bytes of 0 nor above 127, so that a head is all of a short one, and no long one's hash.
            ulong key = length <= Slot.HeadBytes ? value.Head : HashOf(ref Unsafe.Add(ref origin, value.Start), length);
            toStarts[i] = value.Start;
            toLengths[i] = (byte)length;
            toKeys[i] = key;
            different |= i == 0 ? 0 : key ^ before;
            before = key;
            sum += length;
            min = Math.Min(min, length);
            max = Math.Max(max, length);
        }
        (LengthMin, LengthMax, LengthSum) = (min, max, sum);
        return different != 0 || (max > Slot.HeadBytes && !AllAreSame(text));
    }

    /// <summary>Appends all values, one after the other.</summary>
    public void CopyTo(ByteWriter to, ReadOnlySpan<byte> text)
    {
        ref byte target = ref MemoryMarshal.GetReference(to.GetSpan(LengthSum + BlockEvents.TextSlackBytes));
        int at = 0;
        if (LengthMax <= Slot.HeadBytes)
        {
            for (int i = 0; i < Count; i++)
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, at), keys[i]);
                at += lengths[i];
            }
        }
        else
        {
            ref byte from = ref MemoryMarshal.GetReference(text);
            for (int i = 0; i < Count; i++)
            {
                ShortBytes.Copy(ref Unsafe.Add(ref target, at), ref Unsafe.Add(ref from, starts[i]), lengths[i]);
                at += lengths[i];
            }
        }
        to.Advance(at);
    }

    /// <summary>Appends one value.</summary>
    public void CopyTo(ByteWriter to, ReadOnlySpan<byte> text, int i)
    {
        ref byte target = ref MemoryMarshal.GetReference(to.GetSpan(lengths[i] + BlockEvents.TextSlackBytes));
        if (lengths[i] <= Slot.HeadBytes)
            Unsafe.WriteUnaligned(ref target, keys[i]);
        else
            ShortBytes.Copy(ref target, ref Unsafe.Add(ref MemoryMarshal.GetReference(text), starts[i]), lengths[i]);
        to.Advance(lengths[i]);
    }

    public bool StartsWithZero(ReadOnlySpan<byte> text, int i) => text[starts[i]] == '0';

    /// <summary>A value of up to 18 digits as a number.</summary>
    public long NumberAt(ReadOnlySpan<byte> text, int i)
    {
        int length = lengths[i];
        if (length <= Slot.HeadBytes)
            return DecimalDigits.Read(keys[i], length);
        long number = 0;
        foreach (byte digit in text.Slice(starts[i], length))
            number = number * 10 + (digit - '0');
        return number;
    }

    public void CountDistinct(ReadOnlySpan<byte> text)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Count * 2);
        if (table.Length < size)
            table = new int[size];
        Span<int> places = table.AsSpan(0, size);
        places.Clear();
        int distinct = 0;
        // No more distinct values than values, and all of these arrays are as long as those: places are proved once, not at each step.
        ref int place0 = ref MemoryMarshal.GetReference(places);
        ref ulong distinctKey0 = ref MemoryMarshal.GetArrayDataReference(distinctKeys);
        ref int count0 = ref MemoryMarshal.GetArrayDataReference(counts);
        Span<int> toDistinct = distinctOf.AsSpan(0, Count);
        ReadOnlySpan<ulong> allKeys = keys.AsSpan(0, Count);
        int mask = size - 1;
        for (int i = 0; i < allKeys.Length; i++)
        {
            ulong key = allKeys[i];
            int place = (int)((key * 0x9E3779B97F4A7C15) >> 40) & mask;
            int known = Unsafe.Add(ref place0, place) - 1;
            while (known >= 0 && !(Unsafe.Add(ref distinctKey0, known) == key && (key < LongKey || IsSame(text, firsts[known], i))))
            {
                place = (place + 1) & mask;
                known = Unsafe.Add(ref place0, place) - 1;
            }
            if (known < 0)
            {
                known = distinct;
                Unsafe.Add(ref distinctKey0, known) = key;
                firsts[known] = i;
                Unsafe.Add(ref count0, known) = 0;
                Unsafe.Add(ref place0, place) = ++distinct;
            }
            Unsafe.Add(ref count0, known)++;
            toDistinct[i] = known;
        }
        Distinct = distinct;
    }

    private bool AllAreSame(ReadOnlySpan<byte> text)
    {
        for (int i = 1; i < Count; i++)
        {
            if (!IsSame(text, 0, i))
                return false;
        }
        return true;
    }

    private bool IsSame(ReadOnlySpan<byte> text, int a, int b) =>
        lengths[a] == lengths[b] && text.Slice(starts[a], lengths[a]).SequenceEqual(text.Slice(starts[b], lengths[b]));

    /// <summary>With a bit that no short value has.</summary>
    private static ulong HashOf(ref byte value, int length)
    {
        ulong key = (ulong)length;
        for (int at = 0; at + Slot.HeadBytes <= length; at += Slot.HeadBytes)
            key = BitOperations.RotateLeft((key ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, at))) * 0xC2B2AE3D27D4EB4F, 31);
        key = (key ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref value, length - Slot.HeadBytes))) * 0xC2B2AE3D27D4EB4F;
        return (key ^ key >> 29) | LongKey;
    }

    private void Reserve(int values)
    {
        if (starts.Length >= values)
            return;
        int capacity = Math.Max(1024, (int)BitOperations.RoundUpToPowerOf2((uint)values));
        starts = new int[capacity];
        lengths = new byte[capacity];
        keys = new ulong[capacity];
        distinctOf = new int[capacity];
        distinctKeys = new ulong[capacity];
        firsts = new int[capacity];
        counts = new int[capacity];
    }
}
