using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// A column that is too small for a closer look: most of a packet's. Written as it is in one pass over its slots, which the text must be
/// readable behind for <see cref="BlockEvents.TextSlackBytes"/>.
/// </summary>
internal static class SmallColumn
{
    /// <summary>Values for which room is made at a time.</summary>
    private const int RoomValues = 64;

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
        ref byte origin = ref MemoryMarshal.GetReference(text);
        ref Slot first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), slot);
        Span<byte> toLengths = lengths.GetSpan(firstSlots.Length)[..firstSlots.Length];
        int different = 0, length = 0;
        for (int start = 0; start < firstSlots.Length; start += RoomValues)
        {
            int end = Math.Min(firstSlots.Length, start + RoomValues), at = 0;
            ref byte target = ref MemoryMarshal.GetReference(to.GetSpan(RoomValues * LineTokenizer.SlotBytesMax + BlockEvents.TextSlackBytes));
            for (int i = start; i < end; i++)
            {
                // The first slots are the tokenizer's own, and each line of the template has this many.
                ref Slot value = ref Unsafe.Add(ref first, firstSlots[i]);
                length = value.Length;
                if (length <= Slot.HeadBytes)
                    Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, at), value.Head);
                else
                    ShortBytes.Copy(ref Unsafe.Add(ref target, at), ref Unsafe.Add(ref origin, value.Start), length);
                toLengths[i] = (byte)length;
                different |= length ^ toLengths[0];
                at += length;
            }
            to.Advance(at);
        }
        if (different == 0)
            return length;
        lengths.Advance(firstSlots.Length);
        return 0;
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
