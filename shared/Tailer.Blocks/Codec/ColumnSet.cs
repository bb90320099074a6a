namespace Tailer.Blocks;

/// <summary>
/// The columns of a codec 2 block: where each lies in the sections, proved to lie within them, and its values row by row.
/// Reused. Rows of a column are read forwards cheaply; going back starts it anew.
/// </summary>
public sealed class ColumnSet
{
    private Column[] columns = new Column[64];
    private int[] entryEnds = new int[256];
    private ulong[] numbers = [];
    private int[] firstColumns = [];
    private byte[] body = [];
    private int count;
    private int entryCount;
    private int numberCount;
    private int templateCount;

    public int FirstColumn(int template) => firstColumns[template];

    internal ref readonly Column this[int column] => ref columns[column];

    public int Count => count;

    /// <summary>The template a column is of.</summary>
    public int TemplateOf(int column)
    {
        int low = 0, high = templateCount - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (firstColumns[middle] <= column)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /// <summary>Adds the length of each of a column's values to the number its row has.</summary>
    internal void AddLengths(int column, Span<int> to)
    {
        ref readonly Column c = ref columns[column];
        if (c.Width > 0)
        {
            for (int row = 0; row < to.Length; row++)
                to[row] += c.Width;
            return;
        }
        int written = c.LengthsStart;
        for (int row = 0; row < to.Length; row++)
        {
            if (c.Coding == ColumnCoding.Delta)
                to[row] += TemplateBlock.Digits(numbers[c.NumbersStart + row], 0);
            else if (c.Coding == ColumnCoding.Dictionary && body[c.IndexesStart + row] is not ColumnEncoder.Escape and byte entry)
                to[row] += Entry(c, entry) is var (start, end) ? end - start : 0;
            else
                to[row] += body[written++];
        }
    }

    /// <summary>Hands out every value once for each time it is written; those of dictionaries once.</summary>
    internal void ForEachValue(ReadOnlySpanAction read)
    {
        Span<byte> text = stackalloc byte[24];
        for (int column = 0; column < count; column++)
        {
            Column c = columns[column];
            for (int row = 0; c.Coding == ColumnCoding.Delta && row < c.Rows; row++)
                read(text[..TemplateBlock.WriteNumber(ref text[0], numbers[c.NumbersStart + row], c.Width)]);
            for (int entry = 0; c.Coding == ColumnCoding.Dictionary && entry < c.Entries; entry++)
            {
                (int start, int end) = Entry(c, entry);
                read(body.AsSpan(start, end - start));
            }
            int written = c.Coding switch { ColumnCoding.Delta => 0, ColumnCoding.Dictionary => body.AsSpan(c.IndexesStart, c.Rows).Count(ColumnEncoder.Escape), _ => c.Rows };
            for (int value = 0, at = c.ValuesStart; value < written; value++)
            {
                int length = c.Width > 0 ? c.Width : body[c.LengthsStart + value];
                read(body.AsSpan(at, length));
                at += length;
            }
        }
    }

    internal delegate void ReadOnlySpanAction(ReadOnlySpan<byte> value);

    /// <summary>The dictionary's values of a column, as positions in the unpacked sections.</summary>
    internal (int Start, int End) Entry(in Column c, int entry) => c.Width > 0
        ? (c.EntriesStart + entry * c.Width, c.EntriesStart + (entry + 1) * c.Width)
        : (entry == 0 ? c.EntriesStart : entryEnds[c.EntryEndsStart + entry - 1], entryEnds[c.EntryEndsStart + entry]);

    internal ulong Number(in Column c, int row) => numbers[c.NumbersStart + row];

    /// <summary>Reads all heads; <paramref name="rowsOf"/> is the number of events of each template.</summary>
    internal bool TryRead(PackedSections sections, TemplateSet templates, ReadOnlySpan<int> rowsOf)
    {
        body = sections.Body;
        count = entryCount = numberCount = 0;
        if (firstColumns.Length <= templates.Count)
            firstColumns = new int[templates.Count + 1];
        var layout = new SectionCursor(sections);
        var heads = new SpanReader(sections.Bytes(BlockSection.Heads));
        if (heads.Count(Limits.BlockEventsMax) != templates.Count)
            return false;
        for (int t = 0; t < templates.Count; t++)
        {
            heads.U16();
            firstColumns[t] = count;
            for (int slot = templates.Slots(t); slot > 0; slot--)
            {
                if (!TryReadColumn(ref heads, ref layout, rowsOf[t]))
                    return false;
            }
        }
        firstColumns[templates.Count] = count;
        templateCount = templates.Count;
        return !heads.Failed && heads.AtEnd && layout.IsAtEnd;
    }

    /// <summary>
    /// The value of a column in a row: a range of the unpacked sections, or a number to be written (then the start is -1
    /// and the end the column's width).
    /// </summary>
    public void Read(int column, int row, out int start, out int end, out ulong number)
    {
        ref Column c = ref columns[column];
        number = 0;
        if (c.Coding == ColumnCoding.Fixed)
        {
            start = c.ValuesStart + row * c.Width;
            end = start + c.Width;
            return;
        }
        if (c.Coding == ColumnCoding.Delta)
        {
            (start, end) = (-1, c.Width);
            number = numbers[c.NumbersStart + row];
            return;
        }
        if (c.Coding == ColumnCoding.Dictionary && body[c.IndexesStart + row] is not ColumnEncoder.Escape and byte entry)
        {
            (start, end) = Entry(c, entry);
            return;
        }
        MoveTo(ref c, row);
        start = c.ValueAt;
        end = start + (c.Width > 0 ? c.Width : body[c.LengthAt]);
    }

    /// <summary>
    /// Moves the cursor to a row's value written out. In a dictionary column the cursor is at the first such value from its row on.
    /// </summary>
    private void MoveTo(ref Column c, int row)
    {
        if (row < c.Row)
            c.Rewind();
        int values = row - c.Row;
        if (c.Coding == ColumnCoding.Dictionary)
            values = body.AsSpan(c.IndexesStart + c.Row, values).Count(ColumnEncoder.Escape);
        c.Row = row;
        if (c.Width > 0)
        {
            c.ValueAt += values * c.Width;
            return;
        }
        foreach (byte length in body.AsSpan(c.LengthAt, values))
            c.ValueAt += length;
        c.LengthAt += values;
    }

    private bool TryReadColumn(ref SpanReader heads, ref SectionCursor layout, int rows)
    {
        byte head = heads.U8();
        var c = new Column { Coding = (ColumnCoding)(head & 3), Class = (SlotClass)(head >> 2), Rows = rows };
        if (heads.Failed || head >> 2 > (int)SlotClass.Word)
            return false;
        bool read = c.Coding switch
        {
            ColumnCoding.Fixed => TryReadFixed(ref heads, ref layout, ref c),
            ColumnCoding.Variable => layout.TryTakeLengths(rows, out c.LengthsStart, out int bytes) && layout.TryTakeValues(c.Class, bytes, out c.ValuesStart),
            ColumnCoding.Dictionary => TryReadDictionary(ref heads, ref layout, ref c),
            _ => TryReadNumbers(ref heads, ref layout, ref c),
        };
        if (!read)
            return false;
        c.Rewind();
        if (count == columns.Length)
            Array.Resize(ref columns, count * 2);
        columns[count++] = c;
        return true;
    }

    private static bool TryReadFixed(ref SpanReader heads, ref SectionCursor layout, ref Column c)
    {
        c.Width = heads.U8();
        return c.Width is > 0 and <= LineTokenizer.SlotBytesMax && layout.TryTakeValues(c.Class, (long)c.Width * c.Rows, out c.ValuesStart);
    }

    private bool TryReadDictionary(ref SpanReader heads, ref SectionCursor layout, ref Column c)
    {
        c.Entries = heads.U8();
        int escapes = heads.Count(c.Rows);
        c.Width = heads.U8();
        if (heads.Failed || c.Entries is 0 or ColumnEncoder.Escape || c.Width > LineTokenizer.SlotBytesMax || !layout.TryTakeIndexes(c.Rows, out c.IndexesStart))
            return false;
        ReadOnlySpan<byte> indexes = body.AsSpan(c.IndexesStart, c.Rows);
        if (indexes.Count(ColumnEncoder.Escape) != escapes || indexes.ContainsAnyInRange(c.Entries, (byte)(ColumnEncoder.Escape - 1)))
            return false;
        if (c.Width > 0)
        {
            if (!layout.TryTakeValues(c.Class, (long)c.Width * (c.Entries + escapes), out c.EntriesStart))
                return false;
            c.ValuesStart = c.EntriesStart + c.Width * c.Entries;
            return true;
        }
        if (!layout.TryTakeLengths(c.Entries, out int entryLengths, out int entryBytes) || !layout.TryTakeLengths(escapes, out c.LengthsStart, out int bytes)
            || !layout.TryTakeValues(c.Class, entryBytes + bytes, out c.EntriesStart))
            return false;
        c.ValuesStart = c.EntriesStart + entryBytes;
        c.EntryEndsStart = AddEntryEnds(c.EntriesStart, body.AsSpan(entryLengths, c.Entries));
        return true;
    }

    private int AddEntryEnds(int start, ReadOnlySpan<byte> lengths)
    {
        if (entryCount + lengths.Length > entryEnds.Length)
            Array.Resize(ref entryEnds, Math.Max(entryEnds.Length * 2, entryCount + lengths.Length));
        int first = entryCount;
        foreach (byte length in lengths)
            entryEnds[entryCount++] = start += length;
        return first;
    }

    private bool TryReadNumbers(ref SpanReader heads, ref SectionCursor layout, ref Column c)
    {
        c.Width = heads.U8();
        if (c.Width > ColumnEncoder.NumberDigitsMax)
            return false;
        c.NumbersStart = numberCount;
        if (numberCount + c.Rows > Limits.BlockNumbersMax)
            return false;
        if (numbers.Length < numberCount + c.Rows)
            Array.Resize(ref numbers, Math.Max(numbers.Length * 2, numberCount + c.Rows));
        ulong limit = 1;
        for (int digit = c.Width > 0 ? c.Width : ColumnEncoder.NumberDigitsMax; digit > 0; digit--)
            limit *= 10;
        ulong number = 0;
        for (int row = 0; row < c.Rows; row++)
        {
            number += (ulong)layout.Zigzag();
            if (number >= limit)
                return false;
            numbers[numberCount++] = number;
        }
        return !layout.HasFailed;
    }
}
