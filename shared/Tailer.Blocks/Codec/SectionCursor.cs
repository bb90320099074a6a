namespace Tailer.Blocks;

/// <summary>Hands out the columns' parts of the sections, in order, and refuses what is not there.</summary>
internal ref struct SectionCursor(PackedSections sections)
{
    private readonly PackedSections sections = sections;
    private SpanReader numbers = new(sections.Bytes(BlockSection.Numbers));
    private int digits;
    private int words;
    private int indexes;
    private int lengths;

    /// <summary>Everything was handed out.</summary>
    public readonly bool IsAtEnd => digits == sections.Length(BlockSection.Digits) && words == sections.Length(BlockSection.Words)
        && indexes == sections.Length(BlockSection.Indexes) && lengths == sections.Length(BlockSection.Lengths) && numbers.AtEnd && !numbers.Failed;

    public readonly bool HasFailed => numbers.Failed;

    public long Zigzag() => numbers.Zigzag();

    public bool TryTakeValues(SlotClass kind, long bytes, out int start) => kind == SlotClass.Digits
        ? TryTake(BlockSection.Digits, ref digits, bytes, out start)
        : TryTake(BlockSection.Words, ref words, bytes, out start);

    public bool TryTakeIndexes(int count, out int start) => TryTake(BlockSection.Indexes, ref indexes, count, out start);

    /// <summary>Takes lengths and gives their sum. No value is empty, or longer than a variable can be.</summary>
    public bool TryTakeLengths(int count, out int start, out int sum)
    {
        sum = 0;
        if (!TryTake(BlockSection.Lengths, ref lengths, count, out start))
            return false;
        ReadOnlySpan<byte> taken = sections.Body.AsSpan(start, count);
        foreach (byte length in taken)
            sum += length;
        return !taken.ContainsAnyExceptInRange((byte)1, (byte)LineTokenizer.SlotBytesMax);
    }

    private readonly bool TryTake(BlockSection section, ref int at, long bytes, out int start)
    {
        start = sections.Start(section) + at;
        if (bytes > sections.Length(section) - at)
            return false;
        at += (int)bytes;
        return true;
    }
}
