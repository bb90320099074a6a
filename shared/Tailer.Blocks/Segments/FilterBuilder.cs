namespace Tailer.Blocks;

/// <summary>Collects the keys of an encoded block for its filter. Reused; not thread-safe.</summary>
internal sealed class FilterBuilder : IDisposable
{
    private readonly TemplateBlock block = new();
    private readonly HashSet<ulong> keys = [];

    /// <summary>No filter for blocks of plain text: they are small.</summary>
    public BlockFilter Build(ReadOnlyMemory<byte> packed, int sourceCount)
    {
        keys.Clear();
        if (block.TryOpen(packed) != BlockError.None || !block.TryReadNames(sourceCount) || !block.TryReadTemplates() || !block.TryReadColumns())
            return BlockFilter.None;
        int timeDigits = 0;
        foreach (StreamInfo stream in block.Streams.Streams)
        {
            TimeText time = stream.Format < 0 ? default : block.Streams.TimeText(stream.Format);
            timeDigits = Math.Max(timeDigits, time.Digits);
            if (time.Letters)
                AddNames();
            Add(stream.Before.Span);
            Add(stream.After.Span);
        }
        for (int piece = 0; piece < block.Templates.PieceCount; piece++)
            Add(block.Templates.Piece(piece));
        block.Columns.ForEachValue(Add);
        return BlockFilter.Of(keys, timeDigits);
    }

    public void Dispose() => block.Dispose();

    /// <summary>Times of leads are not read line by line; the names in them are few.</summary>
    private void AddNames()
    {
        foreach (ReadOnlyMemory<byte> name in TimePatterns.Names)
            Add(name.Span);
    }

    private static bool IsAlphanumeric(byte b) => char.IsAsciiLetterOrDigit((char)b);

    private void Add(ReadOnlySpan<byte> text)
    {
        for (int at = 0; at < text.Length;)
        {
            int run = 0, letters = 0, digits = 0;
            while (at + run < text.Length && IsAlphanumeric(text[at + run]))
            {
                bool digit = char.IsAsciiDigit((char)text[at + run]);
                run++;
                letters = digit ? 0 : letters + 1;
                digits = digit ? digits + 1 : 0;
                if (letters >= FilterKey.TrigramBytes)
                    keys.Add(FilterKey.OfTrigram(text[at + run - 3], text[at + run - 2], text[at + run - 1]));
                if (digits >= FilterKey.NumberDigitsMin && (at + run == text.Length || !char.IsAsciiDigit((char)text[at + run])))
                    keys.Add(FilterKey.OfNumber(text.Slice(at + run - digits, digits)));
            }
            if (run >= FilterKey.IdBytesMin && FilterKey.IsId(text.Slice(at, run)))
                keys.Add(FilterKey.OfId(text.Slice(at, run)));
            at += run + 1;
        }
    }
}
