namespace Tailer.Blocks;

/// <summary>
/// Finds the rows in which a value of a codec 2 block lies, by its place among all values: so that values can be searched all at
/// once, without a row being written.
/// </summary>
public sealed class ColumnRows
{
    private readonly List<int> digits = [];
    private readonly List<int> words = [];
    private readonly List<int> numbers = [];
    private ColumnSet columns = null!;
    private PackedSections sections = null!;
    private byte[] body = [];

    /// <summary>Columns whose values are numbers and nowhere written as text.</summary>
    public IReadOnlyList<int> NumberColumns => numbers;

    internal void Start(ColumnSet columns, PackedSections sections)
    {
        (this.columns, this.sections, body) = (columns, sections, sections.Body);
        digits.Clear();
        words.Clear();
        numbers.Clear();
        for (int c = 0; c < columns.Count; c++)
            (columns[c].Coding == ColumnCoding.Delta ? numbers : columns[c].Class == SlotClass.Digits ? digits : words).Add(c);
    }

    /// <summary>All values of a class that are written as text, one after the other without separators.</summary>
    public ReadOnlySpan<byte> Values(SlotClass kind) => sections.Bytes(kind == SlotClass.Digits ? BlockSection.Digits : BlockSection.Words);

    public int RowsOf(int column) => columns[column].Rows;

    public ulong Number(int column, int rank) => columns.Number(columns[column], rank);

    /// <summary>Digits to which a number of the column is padded; 0 for none.</summary>
    public int PaddingOf(int column) => columns[column].Width;

    /// <summary>
    /// Adds the rows whose value holds the range of <see cref="Values"/>; nothing when the range is not within one value.
    /// </summary>
    public void Find(SlotClass kind, int start, int length, Action<int, int> add)
    {
        start += sections.Start(kind == SlotClass.Digits ? BlockSection.Digits : BlockSection.Words);
        List<int> candidates = kind == SlotClass.Digits ? digits : words;
        int low = 0, high = candidates.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (FirstByte(columns[candidates[middle]]) <= start)
                low = middle;
            else
                high = middle - 1;
        }
        if (candidates.Count > 0)
            FindIn(candidates[low], start, start + length, add);
    }

    private static int FirstByte(in Column c) => c.Coding == ColumnCoding.Dictionary ? c.EntriesStart : c.ValuesStart;

    private void FindIn(int column, int start, int end, Action<int, int> add)
    {
        ref readonly Column c = ref columns[column];
        if (c.Coding != ColumnCoding.Dictionary)
        {
            int row = ValueAt(c, c.ValuesStart, c.LengthsStart, c.Rows, start, end);
            if (row >= 0)
                add(column, row);
            return;
        }
        ReadOnlySpan<byte> places = body.AsSpan(c.IndexesStart, c.Rows);
        if (start < c.ValuesStart)
        {
            for (int entry = 0; entry < c.Entries; entry++)
            {
                (int from, int to) = columns.Entry(c, entry);
                if (start >= from && end <= to)
                    AddAll(places, (byte)entry, column, add);
            }
            return;
        }
        int written = ValueAt(c, c.ValuesStart, c.LengthsStart, places.Count(ColumnEncoder.Escape), start, end);
        for (int row = 0; written >= 0 && row < places.Length; row++)
        {
            if (places[row] == ColumnEncoder.Escape && written-- == 0)
                add(column, row);
        }
    }

    private static void AddAll(ReadOnlySpan<byte> places, byte entry, int column, Action<int, int> add)
    {
        for (int row = 0; row < places.Length; row++)
        {
            if (places[row] == entry)
                add(column, row);
        }
    }

    /// <summary>Which of the values written out holds the range; -1 when none does alone.</summary>
    private int ValueAt(in Column c, int valuesStart, int lengthsStart, int count, int start, int end)
    {
        if (c.Width > 0)
        {
            int value = (start - valuesStart) / c.Width;
            return value < count && end <= valuesStart + (value + 1) * c.Width ? value : -1;
        }
        int at = valuesStart;
        for (int value = 0; value < count; value++)
        {
            int next = at + body[lengthsStart + value];
            if (start < next)
                return start >= at && end <= next ? value : -1;
            at = next;
        }
        return -1;
    }
}
