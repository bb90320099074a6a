namespace Tailer.Blocks;

/// <summary>
/// One column of a codec 2 block with a cursor. Positions are into the block's unpacked sections; <see cref="ValueAt"/>,
/// <see cref="LengthAt"/> and <see cref="Row"/> move on as rows are read, the other fields stay.
/// </summary>
internal struct Column
{
    public ColumnCoding Coding;
    public SlotClass Class;

    /// <summary>Bytes of each value; 0 when they differ (or a number is not padded).</summary>
    public byte Width;

    public byte Entries;
    public int Rows;

    /// <summary>Values written out: all of a plain column, what is not in the dictionary of others.</summary>
    public int ValuesStart;
    public int LengthsStart;

    /// <summary>Of the rows' places in the dictionary.</summary>
    public int IndexesStart;

    /// <summary>The dictionary's values; with lengths from <see cref="EntryEndsStart"/> on when they differ.</summary>
    public int EntriesStart;
    public int EntryEndsStart;

    /// <summary>Into the decoded numbers.</summary>
    public int NumbersStart;

    /// <summary>The next row to read.</summary>
    public int Row;
    public int ValueAt;
    public int LengthAt;

    /// <summary>Passes over what a head says of one column.</summary>
    public static void SkipHead(ref SpanReader heads)
    {
        switch ((ColumnCoding)(heads.U8() & 3))
        {
            case ColumnCoding.Dictionary:
                heads.U8();
                heads.Varint();
                heads.U8();
                break;
            case ColumnCoding.Fixed or ColumnCoding.Delta:
                heads.U8();
                break;
        }
    }

    public void Rewind() => (Row, ValueAt, LengthAt) = (0, ValuesStart, LengthsStart);
}
