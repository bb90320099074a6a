using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tailer.Blocks;

/// <summary>
/// Splits lines into static text and variables (docs/formats/block.md, "Tokenizer 1"). Looks at 64 bytes at a time for digits,
/// letters, equals signs and quotes, and closer only where a variable may be. Keeps the variables of all lines, one after the other.
/// </summary>
internal sealed class LineTokenizer
{
    /// <summary>Goes into blocks and frames; another version may cut the same line differently.</summary>
    public const byte Version = 1;

    /// <summary>Variables of one line; what comes after is static text.</summary>
    public const int SlotsMax = 250;

    /// <summary>A longer variable is static text.</summary>
    public const int SlotBytesMax = 254;

    /// <summary>A token of letters and digits with more groups of digits is one variable, an id; with fewer, each group is one.</summary>
    private const int DigitGroupsMax = 3;

    private const int HexBytesMin = 4;

    internal const int ChunkBytes = 64;

    private const int SlotsAtOnce = 4;

    /// <summary>What a line may write: a chunk is taken whole, and has a number every other byte at most.</summary>
    private const int SlotsRoom = SlotsMax + (ChunkBytes / 2) + SlotsAtOnce;

    private Slot[] slots = new Slot[8192];
    private int first;

    /// <summary>Variables of all lines so far.</summary>
    public int Count { get; private set; }

    /// <summary>The variables of all lines so far, and room behind them.</summary>
    public Slot[] Slots => slots;

    public void Reset() => Count = 0;

    /// <summary>
    /// Appends the variables of text[start..end], as positions in the text, which must be readable for
    /// <see cref="BlockEvents.TextSlackBytes"/> behind the end.
    /// </summary>
    public void Read(ReadOnlySpan<byte> text, int start, int end)
    {
        MakeRoom();
        ref byte origin = ref MemoryMarshal.GetReference(text);
        ref Slot to = ref MemoryMarshal.GetArrayDataReference(slots);
        int count = first, next = start, step;
        ulong letterBefore = 0;
        for (int chunk = start; chunk < end; chunk += step)
        {
            ref byte bytes = ref Unsafe.Add(ref origin, chunk);
            ulong digits = Masks(ref bytes, out ulong letters, out ulong signs);
            step = StepOf(digits, end - chunk);
            ulong inside = ulong.MaxValue >> (ChunkBytes - step);
            (digits, letters, signs) = (digits & inside, letters & inside, signs & inside);
            ulong afterLetter = letters << 1 | letterBefore;
            letterBefore = letters >> (step - 1);
            ulong starts = digits & ~(digits << 1), stops = (digits + starts) & ~digits;
            if (((starts & afterLetter) | (stops & letters) | signs | digits >> (ChunkBytes - 1)) == 0 && next <= chunk)
            {
                count += AddNumbers(ref Unsafe.Add(ref to, count), ref bytes, chunk, starts, stops);
            }
            else
            {
                Count = count;
                next = ReadChunk(ref origin, start, chunk, end, next, digits, afterLetter, letters, signs);
                count = Count;
            }
            if (count - first >= SlotsMax)
            {
                count = first + SlotsMax;
                break;
            }
        }
        Count = count;
    }

    /// <summary>
    /// Appends the variables of a line that has them where an earlier one has: these are <paramref name="count"/> from
    /// <paramref name="from"/> on, so many bytes before.
    /// </summary>
    public void Repeat(ReadOnlySpan<byte> text, int from, int count, int bytes)
    {
        MakeRoom();
        ref byte origin = ref MemoryMarshal.GetReference(text);
        ref Slot known = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), from);
        ref Slot to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(slots), first);
        for (int s = 0; s < count; s++)
            Slot.WriteMoved(ref Unsafe.Add(ref to, s), ref Unsafe.Add(ref known, s), bytes, ref origin);
        Count = first + count;
    }

    private void MakeRoom()
    {
        first = Count;
        if (slots.Length - first < SlotsRoom)
            Array.Resize(ref slots, slots.Length * 2);
    }

    /// <summary>
    /// How far the chunk goes of so many bytes: what is left of the line, or to the number that goes on behind it, which then begins the next
    /// one. A chunk of digits only is taken whole.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int StepOf(ulong digits, int left)
    {
        int run = BitOperations.LeadingZeroCount(~digits);
        return left < ChunkBytes ? left : run == ChunkBytes ? ChunkBytes : ChunkBytes - run;
    }

    /// <summary>
    /// Numbers that stand alone, so many as there are starts. Several are written before it is asked whether there are so many: no
    /// processor foresees how many there are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AddNumbers(ref Slot to, ref byte chunk, int place, ulong starts, ulong stops)
    {
        int count = BitOperations.PopCount(starts);
        while (starts != 0)
        {
            AddNumber(ref to, ref chunk, place, ref starts, ref stops);
            AddNumber(ref Unsafe.Add(ref to, 1), ref chunk, place, ref starts, ref stops);
            AddNumber(ref Unsafe.Add(ref to, 2), ref chunk, place, ref starts, ref stops);
            AddNumber(ref Unsafe.Add(ref to, 3), ref chunk, place, ref starts, ref stops);
            to = ref Unsafe.Add(ref to, SlotsAtOnce);
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddNumber(ref Slot to, ref byte chunk, int place, ref ulong starts, ref ulong stops)
    {
        // Of no start any that may be read: what is written of it is not counted.
        nint bit = BitOperations.TrailingZeroCount(starts) & (ChunkBytes - 1);
        int length = (BitOperations.TrailingZeroCount(stops) - (int)bit) & (ChunkBytes - 1);
        to = Slot.OfNumber(ref Unsafe.Add(ref chunk, bit), place + (int)bit, length);
        starts &= starts - 1;
        stops &= stops - 1;
    }

    /// <summary>A chunk with more than numbers that stand alone. Returns where to go on, which may be behind the chunk.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadChunk(ref byte origin, int start, int chunk, int end, int next, ulong digits, ulong afterLetter, ulong letters, ulong signs)
    {
        // Kept in registers; the methods for rare cases find and leave the number of slots in the property.
        ref Slot to = ref MemoryMarshal.GetArrayDataReference(slots);
        int count = Count;
        // A run of digits is looked at where it starts; one that goes on from the chunk before was read with that.
        ulong marks = From((digits & ~(digits << 1)) | signs, next - chunk);
        while (marks != 0 && count - first < SlotsMax)
        {
            int bit = BitOperations.TrailingZeroCount(marks), at = chunk + bit;
            int stop = bit + BitOperations.TrailingZeroCount(~(digits >> bit));
            // A stop of 64 or more, or at the sign itself, is no number that stands alone.
            if (stop < ChunkBytes && ((afterLetter >> bit | letters >> stop | signs >> bit) & 1) == 0)
            {
                Unsafe.Add(ref to, count++) = Slot.OfNumber(ref Unsafe.Add(ref origin, at), at, stop - bit);
                marks &= marks - 1;
            }
            else
            {
                Count = count;
                next = (signs >> bit & 1) != 0 ? ReadValue(ref origin, at, end) : ReadNumber(ref origin, start, at, end);
                marks = From(marks, next - chunk);
                count = Count;
            }
        }
        Count = count;
        return next;
    }

    /// <summary>Digits, letters, and the signs before which a word may be a value, one bit a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Masks(ref byte chunk, out ulong letters, out ulong signs)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> all = Vector512.LoadUnsafe(ref chunk);
            signs = (Vector512.Equals(all, Vector512.Create((byte)'=')) | Vector512.Equals(all, Vector512.Create((byte)'"'))).ExtractMostSignificantBits();
            letters = Vector512.LessThan((all | Vector512.Create((byte)0x20)) - Vector512.Create((byte)'a'), Vector512.Create((byte)26)).ExtractMostSignificantBits();
            return Vector512.LessThan(all - Vector512.Create((byte)'0'), Vector512.Create((byte)10)).ExtractMostSignificantBits();
        }
        ulong low = HalfMasks(ref chunk, out uint lowLetters, out uint lowSigns);
        ulong high = HalfMasks(ref Unsafe.Add(ref chunk, Vector256<byte>.Count), out uint highLetters, out uint highSigns);
        letters = lowLetters | (ulong)highLetters << 32;
        signs = lowSigns | (ulong)highSigns << 32;
        return low | high << 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HalfMasks(ref byte half, out uint letters, out uint signs)
    {
        Vector256<byte> all = Vector256.LoadUnsafe(ref half);
        signs = (Vector256.Equals(all, Vector256.Create((byte)'=')) | Vector256.Equals(all, Vector256.Create((byte)'"'))).ExtractMostSignificantBits();
        letters = Vector256.LessThan((all | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)26)).ExtractMostSignificantBits();
        return Vector256.LessThan(all - Vector256.Create((byte)'0'), Vector256.Create((byte)10)).ExtractMostSignificantBits();
    }

    /// <summary>The bits from a place on, which may be before or behind all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong From(ulong marks, int place) => place <= 0 ? marks : place >= ChunkBytes ? 0 : marks & (ulong.MaxValue << place);

    /// <summary>Reads the digits at a place, or the token they are in, and gives where to go on, which is behind it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadNumber(ref byte text, int start, int at, int end)
    {
        int stop = at + 1;
        while (stop < end && IsDigit(Unsafe.Add(ref text, stop)))
            stop++;
        if ((stop < end && IsLetter(Unsafe.Add(ref text, stop))) || (at > start && IsLetter(Unsafe.Add(ref text, at - 1))))
            return ReadMixed(ref text, start, at, end);
        Add(ref text, at, stop, SlotClass.Digits);
        return stop;
    }

    /// <summary>
    /// A word after an equals sign, or between quotes after a quoted name and a colon (JSON), is a variable; a number there is
    /// one anyway.
    /// </summary>
    private int ReadValue(ref byte text, int at, int end)
    {
        int from = at + 1;
        if (Unsafe.Add(ref text, at) == '"')
        {
            if (from >= end || Unsafe.Add(ref text, from) != ':')
                return from;
            from++;
            if (from < end && Unsafe.Add(ref text, from) == ' ')
                from++;
            if (from >= end || Unsafe.Add(ref text, from) != '"')
                return from;
            from++;
        }
        if (from >= end || !IsLetter(Unsafe.Add(ref text, from)))
            return from;
        int stop = from + 1;
        while (stop < end && IsValue(Unsafe.Add(ref text, stop)))
            stop++;
        if (stop - from > SlotBytesMax)
            return stop;
        Add(ref text, from, stop, SlotClass.Word);
        return stop;
    }

    /// <summary>Whether a whole token of letters and digits is one variable, unless it stands behind <c>0x</c> or too late in a line.</summary>
    public static bool IsOneVariable(ReadOnlySpan<byte> token)
    {
        int groups = 0;
        bool hex = true;
        for (int i = 0; i < token.Length; i++)
        {
            bool digit = IsDigit(token[i]);
            if (digit && (i == 0 || !IsDigit(token[i - 1])))
                groups++;
            hex &= digit || (uint)((token[i] | 0x20) - 'a') < 6;
        }
        return token.Length <= SlotBytesMax && ((hex && token.Length >= HexBytesMin) || groups > DigitGroupsMax);
    }

    /// <summary>A token of letters and digits: a hexadecimal number, a word with some numbers in it, or an id.</summary>
    private int ReadMixed(ref byte text, int start, int at, int end)
    {
        int from = at;
        while (from > start && IsLetter(Unsafe.Add(ref text, from - 1)))
            from--;
        int last = Count > first ? slots[Count - 1].End : start;
        from = Math.Max(from, last);
        int stop = at, groups = 0;
        bool hex = true;
        for (int i = from; i < end; i++)
        {
            byte b = Unsafe.Add(ref text, i);
            bool digit = IsDigit(b);
            if (!digit && !IsLetter(b))
                break;
            stop = i + 1;
            if (digit && (i == from || !IsDigit(Unsafe.Add(ref text, i - 1))))
                groups++;
            hex &= digit || (uint)((b | 0x20) - 'a') < 6;
        }
        if (stop - from <= SlotBytesMax && ((hex && stop - from >= HexBytesMin) || groups > DigitGroupsMax))
            Add(ref text, from, stop, SlotClass.Word);
        else if (stop - at > 2 && Unsafe.Add(ref text, at) == '0' && (Unsafe.Add(ref text, at + 1) | 0x20) == 'x' && stop - at <= SlotBytesMax)
            Add(ref text, at + 2, stop, SlotClass.Word);
        else
            AddGroups(ref text, at, stop);
        return stop;
    }

    private void AddGroups(ref byte text, int from, int stop)
    {
        for (int i = from; i < stop && Count - first < SlotsMax; i++)
        {
            if (!IsDigit(Unsafe.Add(ref text, i)))
                continue;
            int groupEnd = i + 1;
            while (groupEnd < stop && IsDigit(Unsafe.Add(ref text, groupEnd)))
                groupEnd++;
            Add(ref text, i, groupEnd, SlotClass.Digits);
            i = groupEnd;
        }
    }

    private void Add(ref byte text, int start, int end, SlotClass kind)
    {
        if (end - start <= SlotBytesMax)
            slots[Count++] = SlotOf(ref Unsafe.Add(ref text, start), start, end - start, kind);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Slot SlotOf(ref byte value, int start, int length, SlotClass kind)
    {
        ulong head = Unsafe.ReadUnaligned<ulong>(ref value) & (ulong.MaxValue >> Math.Max(0, 8 * (Slot.HeadBytes - length)));
        return new Slot(head, start, (byte)length, kind);
    }

    internal static bool IsDigit(byte b) => (uint)(b - '0') < 10;

    internal static bool IsLetter(byte b) => (uint)((b | 0x20) - 'a') < 26;

    private static bool IsValue(byte b) => IsLetter(b) || IsDigit(b) || b is (byte)'_' or (byte)'-' or (byte)'.' or (byte)'/' or (byte)'@';
}
