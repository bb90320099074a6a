using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tailer.Blocks;

/// <summary>
/// Splits lines into static text and variables (docs/formats/block.md, "Tokenizer 1"). Looks at 64 bytes at a time for digits,
/// equals signs and quotes, and closer only there.
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

    private const int ChunkBytes = 64;

    private readonly int[] starts = new int[SlotsMax];
    private readonly int[] ends = new int[SlotsMax];
    private readonly SlotClass[] classes = new SlotClass[SlotsMax];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Starts => starts.AsSpan(0, Count);

    public ReadOnlySpan<int> Ends => ends.AsSpan(0, Count);

    public ReadOnlySpan<SlotClass> Classes => classes.AsSpan(0, Count);

    /// <summary>
    /// Finds the variables of text[start..end], as positions in the text, which must be readable for
    /// <see cref="BlockEvents.TextSlackBytes"/> behind the end.
    /// </summary>
    public void Read(ReadOnlySpan<byte> text, int start, int end)
    {
        Count = 0;
        ref byte first = ref MemoryMarshal.GetReference(text);
        int next = start;
        for (int chunk = start; chunk < end; chunk += ChunkBytes)
        {
            ulong digits = Masks(ref Unsafe.Add(ref first, chunk), out ulong signs);
            // A run of digits is looked at where it starts; one that goes on from the chunk before was read with that.
            ulong marks = (digits & ~(digits << 1)) | signs;
            if (end - chunk < ChunkBytes)
                marks &= (1UL << (end - chunk)) - 1;
            marks = From(marks, next - chunk);
            while (marks != 0)
            {
                int bit = BitOperations.TrailingZeroCount(marks), at = chunk + bit;
                if ((digits >> bit & 1) != 0)
                    next = ReadNumber(ref first, start, at, Math.Min(end, at + BitOperations.TrailingZeroCount(~(digits >> bit))), end);
                else
                    next = ReadValue(ref first, start, at, end);
                if (Count == SlotsMax)
                    return;
                marks = From(marks, next - chunk);
            }
        }
    }

    /// <summary>Digits, and the signs before which a word may be a value, one bit a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Masks(ref byte chunk, out ulong signs)
    {
        Vector256<byte> low = Vector256.LoadUnsafe(ref chunk), high = Vector256.LoadUnsafe(ref chunk, (nuint)Vector256<byte>.Count);
        Vector256<byte> zero = Vector256.Create((byte)'0'), ten = Vector256.Create((byte)10), equal = Vector256.Create((byte)'='), quote = Vector256.Create((byte)'"');
        signs = Mask(Vector256.Equals(low, equal), Vector256.Equals(high, equal)) | Mask(Vector256.Equals(low, quote), Vector256.Equals(high, quote));
        return Mask(Vector256.LessThan(low - zero, ten), Vector256.LessThan(high - zero, ten));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) => low.ExtractMostSignificantBits() | (ulong)high.ExtractMostSignificantBits() << 32;

    /// <summary>The bits from a place on, which may be before or behind all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong From(ulong marks, int place) => place <= 0 ? marks : place >= ChunkBytes ? 0 : marks & (ulong.MaxValue << place);

    /// <summary>Reads the digits text[at..stop], or the token they are in, and gives where to go on, which is behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadNumber(ref byte text, int start, int at, int stop, int end)
    {
        while (stop < end && IsDigit(Unsafe.Add(ref text, stop)))
            stop++;
        if ((stop < end && IsLetter(Unsafe.Add(ref text, stop))) || (at > start && IsLetter(Unsafe.Add(ref text, at - 1))))
            return ReadMixed(ref text, start, at, end);
        Add(at, stop, SlotClass.Digits);
        return stop;
    }

    /// <summary>
    /// A word after an equals sign, or between quotes after a quoted name and a colon (JSON), is a variable; a number there is
    /// one anyway.
    /// </summary>
    private int ReadValue(ref byte text, int start, int at, int end)
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
        Add(from, stop, SlotClass.Word);
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
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadMixed(ref byte text, int start, int at, int end)
    {
        int from = at;
        while (from > start && IsLetter(Unsafe.Add(ref text, from - 1)))
            from--;
        int last = Count > 0 ? ends[Count - 1] : start;
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
            Add(from, stop, SlotClass.Word);
        else if (stop - at > 2 && Unsafe.Add(ref text, at) == '0' && (Unsafe.Add(ref text, at + 1) | 0x20) == 'x' && stop - at <= SlotBytesMax)
            Add(at + 2, stop, SlotClass.Word);
        else
            AddGroups(ref text, at, stop);
        return stop;
    }

    private void AddGroups(ref byte text, int from, int stop)
    {
        for (int i = from; i < stop && Count < SlotsMax; i++)
        {
            if (!IsDigit(Unsafe.Add(ref text, i)))
                continue;
            int groupEnd = i + 1;
            while (groupEnd < stop && IsDigit(Unsafe.Add(ref text, groupEnd)))
                groupEnd++;
            Add(i, groupEnd, SlotClass.Digits);
            i = groupEnd;
        }
    }

    private void Add(int start, int end, SlotClass kind)
    {
        if (end - start > SlotBytesMax)
            return;
        starts[Count] = start;
        ends[Count] = end;
        classes[Count++] = kind;
    }

    private static bool IsDigit(byte b) => (uint)(b - '0') < 10;

    private static bool IsLetter(byte b) => (uint)((b | 0x20) - 'a') < 26;

    private static bool IsValue(byte b) => IsLetter(b) || IsDigit(b) || b is (byte)'_' or (byte)'-' or (byte)'.' or (byte)'/' or (byte)'@';
}
