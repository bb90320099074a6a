using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// The distinct templates of a block: static text between slots, with severity and flags, which a template has in common.
/// A template is known by the first line that has it, so nothing is copied. Ids are given in order of first use. Hashes only find
/// candidates; equality is of bytes.
/// </summary>
internal sealed class TemplateTable
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    /// <summary>
    /// Templates with the same sketch that are told apart by comparing them; for more, whole hashes are made. So lines made to collide
    /// cost no more than others.
    /// </summary>
    private const int SameSketchMax = 8;

    private Template[] templates = new Template[1024];
    private int[] table = new int[4096];

    public int Count { get; private set; }

    public ref readonly Template this[int id] => ref templates[id];

    /// <summary>The template of a line, whose hash is not made yet.</summary>
    public int IdOf(ReadOnlySpan<byte> text, Slot[] slots, in Template line)
    {
        ref byte origin = ref MemoryMarshal.GetReference(text);
        ulong hash = Sketch(ref origin, slots, line);
        int mask = table.Length - 1, place = PlaceOf(hash, mask), sameSketch = 0;
        while (table[place] != 0)
        {
            int id = table[place] - 1;
            if (templates[id].Hash == hash)
            {
                if (IsSame(ref origin, slots, templates[id], line))
                    return id;
                if (++sameSketch == SameSketchMax)
                {
                    hash = Hash(ref origin, slots, line);
                    place = PlaceOf(hash, mask);
                    continue;
                }
            }
            place = (place + 1) & mask;
        }
        if (Count == templates.Length)
            Array.Resize(ref templates, Count * 2);
        templates[Count++] = line with { Hash = hash };
        table[place] = Count;
        if (Count * 2 > table.Length)
            Rehash();
        return Count - 1;
    }

    public void Reset()
    {
        Array.Clear(table);
        Count = 0;
    }

    private static int PlaceOf(ulong hash, int mask) => (int)(hash >> 32) & mask;

    /// <summary>
    /// Of the number of slots, and of the first piece, one in the middle and the last: lengths, some bytes. Few lines differ in others only,
    /// and these are compared.
    /// </summary>
    private static ulong Sketch(ref byte text, Slot[] slots, in Template line)
    {
        uint h = (uint)(line.Severity << 16 | line.Flags << 8 | line.Slots);
        if (line.Slots == 0)
            return Sketch(h, ref text, line.Start, line.End) * Prime;
        ref Slot slot = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), line.FirstSlot);
        h = Sketch(h, ref text, line.Start, slot.Start);
        if (line.Slots > 1)
            h = SketchBefore(h, ref text, ref Unsafe.Add(ref slot, line.Slots - 1));
        if (line.Slots > 3)
            h = SketchBefore(h, ref text, ref Unsafe.Add(ref slot, line.Slots - 2));
        if (line.Slots > 5)
            h = SketchBefore(h, ref text, ref Unsafe.Add(ref slot, line.Slots / 2));
        return Sketch(h, ref text, Unsafe.Add(ref slot, line.Slots - 1).End, line.End) * Prime;
    }

    /// <summary>Of the piece between a slot and the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SketchBefore(uint h, ref byte text, ref Slot slot)
    {
        int at = Unsafe.Subtract(ref slot, 1).End, length = slot.Start - at;
        return BitOperations.Crc32C(h, Head(ref Unsafe.Add(ref text, at), length) ^ (ulong)length << 56);
    }

    /// <summary>Of a piece's length, first and last bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sketch(uint h, ref byte text, int start, int end)
    {
        int length = end - start;
        h = BitOperations.Crc32C(h, Head(ref Unsafe.Add(ref text, start), length) ^ (ulong)length << 48);
        return BitOperations.Crc32C(h, Head(ref Unsafe.Add(ref text, Math.Max(start, end - sizeof(ulong))), length));
    }

    /// <summary>The first eight bytes of a piece, or all it has; behind the text there is slack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Head(ref byte piece, int length)
    {
        ulong head = Unsafe.ReadUnaligned<ulong>(ref piece);
        ulong kept = length < sizeof(ulong) ? (1UL << (8 * length)) - 1 : ulong.MaxValue;
        return head & kept;
    }

    private static ulong Hash(ref byte text, Slot[] slots, in Template line)
    {
        ulong h = (uint)(line.Severity << 8 | line.Flags) + Prime;
        int at = line.Start;
        foreach (Slot slot in slots.AsSpan(line.FirstSlot, line.Slots))
        {
            h = HashPiece(h, ref Unsafe.Add(ref text, at), slot.Start - at);
            h = (h ^ (ulong)slot.Kind) * Prime;
            at = slot.End;
        }
        h = HashPiece(h, ref Unsafe.Add(ref text, at), line.End - at);
        return h ^ (h >> 32);
    }

    private static ulong HashPiece(ulong h, ref byte text, int length)
    {
        h = (h ^ (ulong)length) * Prime;
        int at = 0;
        for (; at + sizeof(ulong) <= length; at += sizeof(ulong))
        {
            h = (h ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, at))) * Prime;
            h ^= h >> 32;
        }
        h = (h ^ Head(ref Unsafe.Add(ref text, at), length - at)) * Prime;
        return h ^ h >> 29;
    }

    private static bool IsSame(ref byte text, Slot[] slots, in Template known, in Template line)
    {
        if (known.Slots != line.Slots || known.Severity != line.Severity || known.Flags != line.Flags)
            return false;
        ref Slot first = ref MemoryMarshal.GetArrayDataReference(slots);
        ref Slot a = ref Unsafe.Add(ref first, known.FirstSlot), b = ref Unsafe.Add(ref first, line.FirstSlot);
        ref Slot stop = ref Unsafe.Add(ref b, line.Slots);
        int knownAt = known.Start, at = line.Start;
        while (Unsafe.IsAddressLessThan(ref b, ref stop))
        {
            int start = b.Start, knownStart = a.Start, length = start - at;
            if (knownStart - knownAt != length || a.Kind != b.Kind || !ShortBytes.AreEqual(ref Unsafe.Add(ref text, at), ref Unsafe.Add(ref text, knownAt), length))
                return false;
            knownAt = knownStart + a.Length;
            at = start + b.Length;
            a = ref Unsafe.Add(ref a, 1);
            b = ref Unsafe.Add(ref b, 1);
        }
        return line.End - at == known.End - knownAt && ShortBytes.AreEqual(ref Unsafe.Add(ref text, at), ref Unsafe.Add(ref text, knownAt), line.End - at);
    }

    private void Rehash()
    {
        table = new int[table.Length * 4];
        for (int id = 0; id < Count; id++)
        {
            int place = PlaceOf(templates[id].Hash, table.Length - 1);
            while (table[place] != 0)
                place = (place + 1) & (table.Length - 1);
            table[place] = id + 1;
        }
    }

    /// <summary>A template by a line that has it: the line's text without its lead, and its slots.</summary>
    internal readonly record struct Template(ulong Hash, int Start, int End, int FirstSlot, byte Slots, byte Severity, byte Flags);
}
