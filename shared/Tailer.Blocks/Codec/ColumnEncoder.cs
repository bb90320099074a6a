using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// Writes one column, the values of one slot of one template, in the coding that will be smallest (docs/formats/block.md,
/// "Columns"). The choice is an estimate in whole numbers of what is left after compression.
/// </summary>
internal sealed class ColumnEncoder(ByteWriter[] sections)
{
    /// <summary>Fewer values than this are not worth a dictionary or differences.</summary>
    private const int SmallColumnValues = 8;

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

    private readonly ValueStatistics values = new();
    private readonly long[] ranks = new long[Limits.BlockEventsMax];
    private byte[] indexOf = new byte[256];
    private int entries;

    private ByteWriter Heads => sections[(int)BlockSection.Heads];

    /// <summary>True, and nothing is written, when all values are the same.</summary>
    public bool IsConstant(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths)
    {
        values.ReadLengths(text, starts, lengths);
        return values.IsConstant;
    }

    /// <summary>Writes the column asked about last.</summary>
    public void Write(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, SlotClass kind)
    {
        ColumnCoding coding = values.LengthMin == values.LengthMax ? ColumnCoding.Fixed : ColumnCoding.Variable;
        if (starts.Length >= SmallColumnValues)
            coding = Choose(text, starts, lengths, kind, coding);
        Heads.U8((byte)((int)coding | (int)kind << 2));
        ByteWriter to = sections[(int)(kind == SlotClass.Digits ? BlockSection.Digits : BlockSection.Words)];
        switch (coding)
        {
            case ColumnCoding.Dictionary:
                WriteDictionary(text, starts, lengths, to);
                break;
            case ColumnCoding.Delta:
                WriteDeltas(text, starts, lengths);
                break;
            default:
                if (coding == ColumnCoding.Fixed)
                    Heads.U8((byte)lengths[0]);
                WritePlain(text, starts, lengths, to, coding == ColumnCoding.Variable);
                break;
        }
    }

    private ColumnCoding Choose(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, SlotClass kind, ColumnCoding plain)
    {
        values.CountDistinct(text, starts, lengths);
        int byteCost = kind == SlotClass.Digits ? DigitCost : LetterCost;
        int lengthCost = plain == ColumnCoding.Variable ? LengthCost : 0;
        long best = (long)values.LengthSum * byteCost + (long)starts.Length * lengthCost;
        ColumnCoding coding = plain;
        long dictionary = DictionaryCosts(lengths, byteCost, lengthCost);
        if (dictionary < best)
            (best, coding) = (dictionary, ColumnCoding.Dictionary);
        if (kind == SlotClass.Digits && starts.Length >= DeltaValuesMin && values.Distinct * 2 > starts.Length && DeltaCosts(text, starts, lengths, best) < best)
            coding = ColumnCoding.Delta;
        return coding;
    }

    /// <summary>Ranks what repeats, the most frequent first, and adds up what a dictionary of it would cost.</summary>
    private long DictionaryCosts(ReadOnlySpan<int> lengths, int byteCost, int lengthCost)
    {
        int n = lengths.Length, repeated = 0;
        for (int d = 0; d < values.Distinct; d++)
        {
            if (values.CountOf(d) > 1)
                ranks[repeated++] = (long)(n - values.CountOf(d)) << 32 | (uint)d;
        }
        entries = Math.Min(repeated, DictionaryMax);
        if (entries == 0)
            return long.MaxValue;
        ranks.AsSpan(0, repeated).Sort();
        long cost = DictionaryHeadCost;
        int written = 0;
        long bytes = 0;
        for (int e = 0; e < entries; e++)
        {
            int d = (int)(uint)ranks[e], count = values.CountOf(d);
            cost += (long)count * (BitCost.Log2(n) - BitCost.Log2(count));
            bytes += lengths[values.FirstOf(d)];
            written += count;
        }
        int escapes = n - written;
        if (escapes > 0)
            cost += (long)escapes * (BitCost.Log2(n) - BitCost.Log2(escapes));
        long sum = values.LengthSum;
        for (int e = 0; e < entries; e++)
            sum -= (long)lengths[values.FirstOf((int)(uint)ranks[e])] * values.CountOf((int)(uint)ranks[e]);
        return cost + (bytes + sum) * byteCost + (long)(entries + escapes) * lengthCost;
    }

    private void WriteDictionary(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, ByteWriter to)
    {
        if (indexOf.Length < values.Distinct)
            indexOf = new byte[BitOperations.RoundUpToPowerOf2((uint)values.Distinct)];
        indexOf.AsSpan(0, values.Distinct).Fill(Escape);
        bool variable = values.LengthMin != values.LengthMax;
        int written = 0;
        for (int e = 0; e < entries; e++)
        {
            int d = (int)(uint)ranks[e];
            indexOf[d] = (byte)e;
            written += values.CountOf(d);
        }
        Heads.U8((byte)entries);
        Heads.Varint((ulong)(starts.Length - written));
        Heads.U8(variable ? (byte)0 : (byte)lengths[0]);
        for (int e = 0; e < entries; e++)
        {
            int first = values.FirstOf((int)(uint)ranks[e]);
            WriteValue(text, starts[first], lengths[first], to, variable);
        }
        ByteWriter indexes = sections[(int)BlockSection.Indexes];
        Span<byte> places = indexes.GetSpan(starts.Length);
        for (int i = 0; i < starts.Length; i++)
        {
            byte place = indexOf[values.DistinctOf(i)];
            places[i] = place;
            if (place == Escape)
                WriteValue(text, starts[i], lengths[i], to, variable);
        }
        indexes.Advance(starts.Length);
    }

    /// <summary>What differences would cost; stops where it is more than the best.</summary>
    private long DeltaCosts(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, long best)
    {
        if (values.LengthMax > NumberDigitsMax)
            return long.MaxValue;
        bool padded = values.LengthMin == values.LengthMax;
        long cost = (long)lengths[0] * DigitCost;
        long before = 0;
        for (int i = 0; i < starts.Length && cost < best; i++)
        {
            if (!padded && lengths[i] > 1 && text[starts[i]] == '0')
                return long.MaxValue;
            long number = NumberOf(text.Slice(starts[i], lengths[i]));
            if (i > 0)
                cost += DeltaCost + (long)BitOperations.Log2((ulong)Math.Abs(number - before) * 2 + 1) * BitCost.Unit;
            before = number;
        }
        return cost;
    }

    private void WriteDeltas(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths)
    {
        Heads.U8(values.LengthMin == values.LengthMax ? (byte)lengths[0] : (byte)0);
        ByteWriter to = sections[(int)BlockSection.Numbers];
        long before = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            long number = NumberOf(text.Slice(starts[i], lengths[i]));
            to.Zigzag(number - before);
            before = number;
        }
    }

    private void WritePlain(ReadOnlySpan<byte> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, ByteWriter to, bool withLengths)
    {
        ref byte from = ref MemoryMarshal.GetReference(text);
        ref byte target = ref MemoryMarshal.GetReference(to.GetSpan(values.LengthSum + BlockEvents.TextSlackBytes));
        int at = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            ShortBytes.Copy(ref Unsafe.Add(ref target, at), ref Unsafe.Add(ref from, starts[i]), lengths[i]);
            at += lengths[i];
        }
        to.Advance(at);
        if (!withLengths)
            return;
        Span<byte> kept = sections[(int)BlockSection.Lengths].GetSpan(lengths.Length);
        for (int i = 0; i < lengths.Length; i++)
            kept[i] = (byte)lengths[i];
        sections[(int)BlockSection.Lengths].Advance(lengths.Length);
    }

    private void WriteValue(ReadOnlySpan<byte> text, int start, int length, ByteWriter to, bool withLength)
    {
        to.Raw(text.Slice(start, length));
        if (withLength)
            sections[(int)BlockSection.Lengths].U8((byte)length);
    }

    private static long NumberOf(ReadOnlySpan<byte> digits)
    {
        long number = 0;
        foreach (byte digit in digits)
            number = number * 10 + (digit - '0');
        return number;
    }
}
