using System.Numerics;

namespace Tailer.Blocks;

/// <summary>
/// Writes one column, the values of one slot of one template, in the coding that will be smallest (docs/formats/block.md,
/// "Columns"). The choice is an estimate in whole numbers of what is left after compression.
/// </summary>
internal sealed class ColumnEncoder(ByteWriter[] sections)
{
    /// <summary>Fewer values than this are not worth a dictionary or differences.</summary>
    private const int SmallColumnValues = 8;

    /// <summary>The same where time counts: of 700 columns of a packet most are smaller, and looking closer saves 0.5 % of its bytes.</summary>
    private const int SmallColumnValuesFast = 24;

    /// <summary>Where it counts most, a column of less than this part of the values it could have is small.</summary>
    private const int SmallColumnPart = 10;

    private const int FastLevel = 1;

    private const int DictionaryMax = 254;
    public const byte Escape = 255;

    /// <summary>Digits that fit 63 bits.</summary>
    public const int NumberDigitsMax = 18;

    // What a byte or a value costs after compression, in sixteenths of a bit, measured on the sample logs: a digit is log2(10)
    // and a little; letters are more; a length is mostly the same as the one before.
    private const int DigitCost = 54;
    private const int LetterCost = 80;
    private const int LengthCost = 20;
    private const int DeltaCost = 40;
    private const int DeltaValuesMin = 32;
    private const int DictionaryHeadCost = 2 * 8 * BitCost.Unit;

    private readonly ColumnValues values = new();
    private long[] ranks = [];
    private byte[] indexOf = [];
    private int entries;
    private int numbers;
    private int smallColumnValues;

    private ByteWriter Heads => sections[(int)BlockSection.Heads];

    /// <summary>Columns written since <see cref="Start"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a block of so many events, at a level of compression.</summary>
    public void Start(int events, int level, bool isQuick)
    {
        Count = numbers = 0;
        smallColumnValues = level > FastLevel ? SmallColumnValues : Math.Max(SmallColumnValuesFast, isQuick ? events / SmallColumnPart : 0);
    }

    /// <summary>
    /// Writes the values of one slot of a template's lines, by the first slots of these; false when all are the same, and then it is no
    /// column.
    /// </summary>
    public bool TryWrite(ReadOnlySpan<byte> text, Slot[] slots, ReadOnlySpan<int> firstSlots, int slot, SlotClass kind)
    {
        ByteWriter to = sections[(int)(kind == SlotClass.Digits ? BlockSection.Digits : BlockSection.Words)];
        bool isSmall = firstSlots.Length < smallColumnValues;
        if (isSmall ? SmallColumn.IsOfOneValue(text, slots, firstSlots, slot) : !values.Read(text, slots, firstSlots, slot))
            return false;
        Count++;
        if (isSmall)
            WriteHead(kind, SmallColumn.Write(text, slots, firstSlots, slot, to, sections[(int)BlockSection.Lengths]));
        else
            Write(text, to, kind);
        return true;
    }

    /// <summary>Of a column of values of a width, or with lengths, which is 0.</summary>
    private void WriteHead(SlotClass kind, int width)
    {
        Heads.U8((byte)((int)(width > 0 ? ColumnCoding.Fixed : ColumnCoding.Variable) | (int)kind << 2));
        if (width > 0)
            Heads.U8((byte)width);
    }

    private void Write(ReadOnlySpan<byte> text, ByteWriter to, SlotClass kind)
    {
        int width = values.LengthMin == values.LengthMax ? values.LengthMin : 0;
        ColumnCoding coding = Choose(text, kind, width > 0 ? ColumnCoding.Fixed : ColumnCoding.Variable);
        if (coding is ColumnCoding.Fixed or ColumnCoding.Variable)
        {
            WriteHead(kind, width);
            WritePlain(text, to, width == 0);
            return;
        }
        Heads.U8((byte)((int)coding | (int)kind << 2));
        if (coding == ColumnCoding.Dictionary)
            WriteDictionary(text, to);
        else
            WriteDeltas(text);
    }

    private ColumnCoding Choose(ReadOnlySpan<byte> text, SlotClass kind, ColumnCoding plain)
    {
        values.CountDistinct(text);
        int byteCost = kind == SlotClass.Digits ? DigitCost : LetterCost;
        int lengthCost = plain == ColumnCoding.Variable ? LengthCost : 0;
        long best = (long)values.LengthSum * byteCost + (long)values.Count * lengthCost;
        ColumnCoding coding = plain;
        long dictionary = DictionaryCosts(byteCost, lengthCost);
        if (dictionary < best)
            (best, coding) = (dictionary, ColumnCoding.Dictionary);
        if (kind == SlotClass.Digits && values.Count >= DeltaValuesMin && numbers + values.Count <= Limits.BlockNumbersMax
            && values.Distinct * 2 > values.Count && DeltaCosts(text, best) < best)
            coding = ColumnCoding.Delta;
        return coding;
    }

    /// <summary>Ranks what repeats, the most frequent first, and adds up what a dictionary of it would cost.</summary>
    private long DictionaryCosts(int byteCost, int lengthCost)
    {
        int n = values.Count, repeated = 0;
        ReadOnlySpan<int> counts = values.Counts;
        ReadOnlySpan<byte> lengths = values.Lengths;
        if (ranks.Length < counts.Length)
            ranks = new long[BitOperations.RoundUpToPowerOf2((uint)counts.Length)];
        for (int d = 0; d < counts.Length; d++)
        {
            // Without a branch: what occurs once is written over by the next.
            ranks[repeated] = (long)(n - counts[d]) << 32 | (uint)d;
            repeated += counts[d] > 1 ? 1 : 0;
        }
        entries = Math.Min(repeated, DictionaryMax);
        if (entries == 0)
            return long.MaxValue;
        ranks.AsSpan(0, repeated).Sort();
        long cost = DictionaryHeadCost;
        int written = 0;
        long bytes = values.LengthSum;
        for (int e = 0; e < entries; e++)
        {
            int d = (int)(uint)ranks[e], count = counts[d];
            cost += (long)count * (BitCost.Log2(n) - BitCost.Log2(count));
            bytes -= (long)lengths[values.FirstOf(d)] * (count - 1);
            written += count;
        }
        int escapes = n - written;
        if (escapes > 0)
            cost += (long)escapes * (BitCost.Log2(n) - BitCost.Log2(escapes));
        return cost + bytes * byteCost + (long)(entries + escapes) * lengthCost;
    }

    private void WriteDictionary(ReadOnlySpan<byte> text, ByteWriter to)
    {
        bool variable = values.LengthMin != values.LengthMax;
        if (indexOf.Length < values.Distinct)
            indexOf = new byte[BitOperations.RoundUpToPowerOf2((uint)values.Distinct)];
        Span<byte> placeOf = indexOf.AsSpan(0, values.Distinct);
        placeOf.Fill(Escape);
        int written = 0;
        for (int e = 0; e < entries; e++)
        {
            int d = (int)(uint)ranks[e];
            placeOf[d] = (byte)e;
            written += values.Counts[d];
        }
        Heads.U8((byte)entries);
        Heads.Varint((ulong)(values.Count - written));
        Heads.U8(variable ? (byte)0 : (byte)values.LengthMin);
        for (int e = 0; e < entries; e++)
            WriteValue(text, values.FirstOf((int)(uint)ranks[e]), to, variable);
        ReadOnlySpan<int> distinctOf = values.DistinctOf;
        Span<byte> places = sections[(int)BlockSection.Indexes].GetSpan(distinctOf.Length)[..distinctOf.Length];
        for (int i = 0; i < distinctOf.Length; i++)
        {
            byte place = placeOf[distinctOf[i]];
            places[i] = place;
            if (place == Escape)
                WriteValue(text, i, to, variable);
        }
        sections[(int)BlockSection.Indexes].Advance(distinctOf.Length);
    }

    /// <summary>What differences would cost; stops where it is more than the best.</summary>
    private long DeltaCosts(ReadOnlySpan<byte> text, long best)
    {
        if (values.LengthMax > NumberDigitsMax)
            return long.MaxValue;
        bool padded = values.LengthMin == values.LengthMax;
        long cost = (long)values.Lengths[0] * DigitCost;
        long before = 0;
        for (int i = 0; i < values.Count && cost < best; i++)
        {
            if (!padded && values.Lengths[i] > 1 && values.StartsWithZero(text, i))
                return long.MaxValue;
            long number = values.NumberAt(text, i);
            if (i > 0)
                cost += DeltaCost + (long)BitOperations.Log2((ulong)Math.Abs(number - before) * 2 + 1) * BitCost.Unit;
            before = number;
        }
        return cost;
    }

    private void WriteDeltas(ReadOnlySpan<byte> text)
    {
        Heads.U8(values.LengthMin == values.LengthMax ? (byte)values.LengthMin : (byte)0);
        numbers += values.Count;
        ByteWriter to = sections[(int)BlockSection.Numbers];
        long before = 0;
        for (int i = 0; i < values.Count; i++)
        {
            long number = values.NumberAt(text, i);
            to.Zigzag(number - before);
            before = number;
        }
    }

    private void WritePlain(ReadOnlySpan<byte> text, ByteWriter to, bool withLengths)
    {
        values.CopyTo(to, text);
        if (withLengths)
            sections[(int)BlockSection.Lengths].Raw(values.Lengths);
    }

    private void WriteValue(ReadOnlySpan<byte> text, int value, ByteWriter to, bool withLength)
    {
        values.CopyTo(to, text, value);
        if (withLength)
            sections[(int)BlockSection.Lengths].U8(values.Lengths[value]);
    }
}
