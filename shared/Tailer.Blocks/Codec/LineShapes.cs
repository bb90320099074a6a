using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// Lines of a block that differ from one before in digits only, as most do: they have the same template, and their variables in the same
/// places. Where a variable begins and ends does not depend on which digits it has (<see cref="LineTokenizer"/>), but for a digit that a letter
/// follows, which may be the zero of <c>0x</c>; so that is compared too. Only remembers: what is found is what cutting the line and looking for
/// its template would find.
/// </summary>
internal sealed class LineShapes
{
    /// <summary>Shapes remembered at a time; one takes the place of another.</summary>
    private const int PlaceBits = 11;

    /// <summary>Longer lines are not remembered.</summary>
    private const int LineBytesMax = 2048;

    /// <summary>A chunk is one byte at least.</summary>
    private const int ChunksMax = LineBytesMax;

    private readonly Shape[] shapes = new Shape[1 << PlaceBits];
    private Chunk[] chunks = new Chunk[4 * ChunksMax];

    /// <summary>End of the chunks of all shapes that were kept; those of the line looked at last are behind it.</summary>
    private int chunksEnd;
    private Shape line;

    public void Reset()
    {
        Array.Clear(shapes);
        chunksEnd = 0;
    }

    /// <summary>
    /// The template of text[start..end], with its severity and flags, and its variables appended to the tokenizer's, when a line of its shape is
    /// remembered. The text must be readable for <see cref="BlockEvents.TextSlackBytes"/> behind the end.
    /// </summary>
    public bool TryRepeat(ReadOnlySpan<byte> text, int start, int end, int severityAndFlags, LineTokenizer tokenizer, out int template)
    {
        template = 0;
        line.Hash = 0;
        if (end - start > LineBytesMax)
            return false;
        ref byte origin = ref MemoryMarshal.GetReference(text);
        uint hash = Measure(ref origin, start, end, severityAndFlags, out int count);
        ref Shape known = ref shapes[hash >> (32 - PlaceBits)];
        if (known.Hash == hash && known.Chunks == count && known.Bytes == end - start && known.SeverityAndFlags == severityAndFlags
            && IsSame(ref Unsafe.Add(ref origin, known.Start), ref Unsafe.Add(ref origin, start), ref chunks[known.FirstChunk], ref chunks[chunksEnd], count))
        {
            int firstSlot = tokenizer.Count;
            tokenizer.Repeat(text, known.FirstSlot, known.Slots, start - known.Start);
            // The next one is compared with this line, which is nearer.
            known.Start = start;
            known.FirstSlot = firstSlot;
            template = known.Template;
            return true;
        }
        line = new Shape { Hash = hash, Chunks = count, FirstChunk = chunksEnd, Bytes = end - start, Start = start, SeverityAndFlags = severityAndFlags };
        return false;
    }

    /// <summary>Remembers the line asked for last, now that it is cut: its variables and its template.</summary>
    public void Keep(ReadOnlySpan<byte> text, ReadOnlySpan<Slot> slots, int firstSlot, int template)
    {
        if (line.Hash == 0 || (line.Bytes > LineTokenizer.SlotBytesMax && HasOtherDigits(text, slots)))
            return;
        line.FirstSlot = firstSlot;
        line.Slots = slots.Length;
        line.Template = template;
        shapes[line.Hash >> (32 - PlaceBits)] = line;
        chunksEnd += line.Chunks;
    }

    /// <summary>
    /// Whether the line has digits that are no variable's and are not compared, which only those of variables too long or too many are.
    /// </summary>
    private bool HasOtherDigits(ReadOnlySpan<byte> text, ReadOnlySpan<Slot> slots)
    {
        int at = line.Start, end = line.Start + line.Bytes;
        for (int s = 0; s <= slots.Length; s++)
        {
            int stop = s < slots.Length ? slots[s].Start : end;
            for (int i = at; i < stop; i++)
            {
                if (LineTokenizer.IsDigit(text[i]) && !(i + 1 < end && LineTokenizer.IsLetter(text[i + 1])))
                    return true;
            }
            at = s < slots.Length ? slots[s].End : end;
        }
        return false;
    }

    private uint Measure(ref byte origin, int start, int end, int severityAndFlags, out int count)
    {
        if (chunks.Length - chunksEnd < ChunksMax)
            Array.Resize(ref chunks, chunks.Length * 2);
        ref Chunk to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunks), chunksEnd);
        uint hash = (uint)severityAndFlags;
        int step;
        count = 0;
        for (int at = start; at < end; at += step)
        {
            ulong digits = LineTokenizer.Masks(ref Unsafe.Add(ref origin, at), out ulong letters, out _);
            step = LineTokenizer.StepOf(digits, end - at);
            ulong inside = ulong.MaxValue >> (LineTokenizer.ChunkBytes - step);
            letters &= inside;
            ulong compared = inside & ~(digits & ~(letters >> 1));
            Unsafe.Add(ref to, count++) = new Chunk(compared, at - start);
            hash = BitOperations.Crc32C(BitOperations.Crc32C(hash, compared), letters);
        }
        return hash | 1;
    }

    private static bool IsSame(ref byte known, ref byte line, ref Chunk knownChunk, ref Chunk chunk, int count)
    {
        ulong different = 0;
        for (int i = 0; i < count; i++)
        {
            (ulong compared, int at) = Unsafe.Add(ref chunk, i);
            ref Chunk other = ref Unsafe.Add(ref knownChunk, i);
            different |= (other.Compared ^ compared) | (uint)(other.At ^ at) | (ShortBytes.Differences(ref Unsafe.Add(ref known, at), ref Unsafe.Add(ref line, at)) & compared);
        }
        return different == 0;
    }

    /// <summary>64 bytes of a line or less: where they begin in it, and which of them are compared, one bit each.</summary>
    private readonly record struct Chunk(ulong Compared, int At);

    /// <summary>A line: its chunks, the text and the variables of the one seen last. Hash 0: none.</summary>
    private struct Shape
    {
        public uint Hash;
        public int Chunks, FirstChunk, Bytes, Start, SeverityAndFlags, FirstSlot, Slots, Template;
    }
}
