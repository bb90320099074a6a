using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// A column that is too small for a closer look: most of a packet's. Written as it is in one pass over its slots, which the text must be
/// readable behind for <see cref="BlockEvents.TextSlackBytes"/>.
/// </summary>
internal static class SmallColumn
{
    /// <summary>Whether all lines have the same value, by the first slots of these.</summary>
    public static bool IsOfOneValue(ReadOnlySpan<byte> text, Slot[] slots, ReadOnlySpan<int> firstSlots, int slot)
    {
        ref Slot first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), slot);
        ref Slot known = ref Unsafe.Add(ref first, firstSlots[0]);
        for (int i = 1; i < firstSlots.Length; i++)
        {
            ref Slot value = ref Unsafe.Add(ref first, firstSlots[i]);
            if (value.Head != known.Head || value.Length != known.Length)
                return false;
        }
        return known.Length <= Slot.HeadBytes || IsOfOneText(text, slots, firstSlots, slot);
    }

    /// <summary>Appends all values and, where they differ, their lengths. Gives the length when they do not, else 0.</summary>
    public static int Write(ReadOnlySpan<byte> text, Slot[] slots, ReadOnlySpan<int> firstSlots, int slot, ByteWriter to, ByteWriter lengths)
    {
        ref Slot first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), slot);
        ref byte toLengths = ref MemoryMarshal.GetReference(lengths.GetSpan(firstSlots.Length));
        int width = Unsafe.Add(ref first, firstSlots[0]).Length, different = 0, lengthBits = 0, sum = 0;
        for (int i = 0; i < firstSlots.Length; i++)
        {
            // The first slots are the tokenizer's own, and each line of the template has this many.
            int length = Unsafe.Add(ref first, firstSlots[i]).Length;
            Unsafe.Add(ref toLengths, i) = (byte)length;
            different |= length ^ width;
            lengthBits |= length;
            sum += length;
        }
        ref byte target = ref MemoryMarshal.GetReference(to.GetSpan(sum + BlockEvents.TextSlackBytes));
        // Each loop is so small that all of it is kept in registers. Without a bit of 8 or more no length is.
        if (lengthBits < Slot.HeadBytes)
            WriteHeads(ref first, firstSlots, ref target, ref toLengths);
        else
            WriteTexts(ref first, firstSlots, ref target, ref MemoryMarshal.GetReference(text));
        to.Advance(sum);
        if (different == 0)
            return width;
        lengths.Advance(firstSlots.Length);
        return 0;
    }

    private static void WriteHeads(ref Slot first, ReadOnlySpan<int> firstSlots, ref byte target, ref byte lengths)
    {
        for (int i = 0; i < firstSlots.Length; i++)
        {
            Unsafe.WriteUnaligned(ref target, Unsafe.Add(ref first, firstSlots[i]).Head);
            target = ref Unsafe.Add(ref target, (nint)Unsafe.Add(ref lengths, i));
        }
    }

    private static void WriteTexts(ref Slot first, ReadOnlySpan<int> firstSlots, ref byte target, ref byte text)
    {
        for (int i = 0; i < firstSlots.Length; i++)
        {
            ref Slot value = ref Unsafe.Add(ref first, firstSlots[i]);
            int length = value.Length;
            if (length <= Slot.HeadBytes)
                Unsafe.WriteUnaligned(ref target, value.Head);
            else
                ShortBytes.Copy(ref target, ref Unsafe.Add(ref text, value.Start), length);
            target = ref Unsafe.Add(ref target, length);
        }
    }

    private static bool IsOfOneText(ReadOnlySpan<byte> text, Slot[] slots, ReadOnlySpan<int> firstSlots, int slot)
    {
        Slot known = slots[firstSlots[0] + slot];
        foreach (int firstSlot in firstSlots)
        {
            if (!text.Slice(known.Start, known.Length).SequenceEqual(text.Slice(slots[firstSlot + slot].Start, known.Length)))
                return false;
        }
        return true;
    }
}
