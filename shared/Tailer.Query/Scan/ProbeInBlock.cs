using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>Where the text of a probe is, or may be, in one block: by lead, by template, and by single rows for what variables hold.</summary>
internal sealed class ProbeInBlock
{
    /// <summary>Values with a run beyond which rows are not told apart: looking at each line is cheaper then.</summary>
    private const int HitsMax = 20_000;

    /// <summary>Times have letters in names of months and days, and between date and time.</summary>
    private const int LetterRunMax = 3;

    private readonly QueryProbe probe;
    private readonly ProbeRun[] runs;
    private readonly bool[] leadHasAll;
    private readonly bool[] staticHasAll;
    private readonly bool[][] leadHas;
    private readonly bool[][] timeMayHave;
    private readonly bool[][] staticHas;
    private readonly bool[][] valueHas;
    private readonly HashSet<int>?[] valueRows;

    private ProbeInBlock(QueryProbe probe, TemplateBlock block)
    {
        this.probe = probe;
        runs = ProbeRun.Of(probe);
        leadHasAll = new bool[block.Streams.Streams.Length];
        staticHasAll = new bool[block.Templates.Count];
        leadHas = [.. runs.Select(_ => new bool[block.Streams.Streams.Length])];
        timeMayHave = [.. runs.Select(_ => new bool[block.Streams.Streams.Length])];
        staticHas = [.. runs.Select(_ => new bool[block.Templates.Count])];
        valueHas = [.. runs.Select(_ => new bool[block.Templates.Count])];
        valueRows = new HashSet<int>?[runs.Length];
    }

    /// <summary>False rows of <see cref="InRow"/> are worth asking for.</summary>
    public bool TellsRows { get; private set; }

    /// <summary>A lead may have the text, or a part of it: streams differ.</summary>
    public bool LeadsMatter => leadHasAll.Contains(true) || leadHas.Any(has => has.Contains(true)) || timeMayHave.Any(may => may.Contains(true));

    /// <summary>Null when the block is damaged.</summary>
    public static ProbeInBlock? TryFind(QueryProbe probe, TemplateBlock block)
    {
        var found = new ProbeInBlock(probe, block);
        found.FindInStatics(block.Templates);
        found.FindInLeads(block.Streams);
        for (int r = 0; r < found.runs.Length; r++)
        {
            if (!found.TryFindInValues(block, r))
                return null;
            // Without this run there is no line with the text, so the others need not be looked for.
            if (!found.IsAnywhere(r))
                break;
        }
        return found;
    }

    /// <summary>Whether any line of the block may have the text.</summary>
    public bool IsAnywhere() => leadHasAll.Contains(true) || staticHasAll.Contains(true)
        || Enumerable.Range(0, runs.Length).All(IsAnywhere);

    private bool IsAnywhere(int r) => leadHas[r].Contains(true) || timeMayHave[r].Contains(true) || staticHas[r].Contains(true) || valueHas[r].Contains(true);

    public Presence In(int stream, int template)
    {
        if (leadHasAll[stream] || staticHasAll[template])
            return Presence.All;
        for (int r = 0; r < runs.Length; r++)
        {
            if (!leadHas[r][stream] && !timeMayHave[r][stream] && !staticHas[r][template] && !valueHas[r][template])
                return Presence.None;
        }
        return Presence.Some;
    }

    /// <param name="stream">The row's.</param>
    /// <param name="template">The row's.</param>
    /// <param name="row">Of the block.</param>
    /// <param name="time">The row's time as its line has it; empty when it has none.</param>
    public Presence InRow(int stream, int template, int row, ReadOnlySpan<byte> time)
    {
        if (leadHasAll[stream] || staticHasAll[template])
            return Presence.All;
        for (int r = 0; r < runs.Length; r++)
        {
            if (leadHas[r][stream] || staticHas[r][template] || (valueHas[r][template] && (valueRows[r] is not { } rows || rows.Contains(row))))
                continue;
            if (!timeMayHave[r][stream] || runs[r].IndexIn(time) < 0)
                return Presence.None;
        }
        return Presence.Some;
    }

    private void FindInStatics(TemplateSet templates)
    {
        ReadOnlySpan<byte> statics = templates.Statics;
        for (int r = 0; r < runs.Length; r++)
        {
            // A hit that crosses the border of two pieces is none; a template it is wrongly noted for is only looked at closer.
            for (int at = 0; at < statics.Length && runs[r].IndexIn(statics[at..]) is >= 0 and int hit;)
            {
                int template = templates.TemplateOfPiece(templates.PieceAt(at + hit));
                staticHas[r][template] = true;
                at += hit + 1;
            }
        }
        int cursor = 0;
        while (probe.NextIn(statics, ref cursor, out int start, out int end))
        {
            if (end == start)
                return;
            int piece = templates.PieceAt(start), template = templates.TemplateOfPiece(piece);
            if (end <= templates.PieceEnd(piece))
                staticHasAll[template] |= IsWhole(templates, template, piece, start, end);
        }
    }

    /// <summary>
    /// Whether the text is in the line as it is in this piece: ends that must be those of terms are only believed where the piece shows
    /// what is next to them. A text with a line end is not: lines are matched without.
    /// </summary>
    private bool IsWhole(TemplateSet templates, int template, int piece, int start, int end)
    {
        int pieceStart = templates.PieceStart(piece), pieceEnd = templates.PieceEnd(piece);
        ReadOnlySpan<byte> text = templates.Piece(piece);
        start -= pieceStart;
        end -= pieceStart;
        if (text[start..end].IndexOfAny((byte)'\r', (byte)'\n') >= 0)
            return false;
        if (probe.IsWholeAtStart && (start == 0 || TermChars.Before(text, start)))
            return false;
        bool isLast = piece == templates.FirstPiece(template) + templates.Slots(template);
        return !probe.IsWholeAtEnd || (end == pieceEnd - pieceStart ? isLast : !TermChars.At(text, end));
    }

    private void FindInLeads(StreamSet streams)
    {
        for (int s = 0; s < streams.Streams.Length; s++)
        {
            StreamInfo stream = streams.Streams[s];
            ReadOnlySpan<byte> before = stream.Before.Span, after = stream.After.Span;
            TimeText time = stream.Format < 0 ? default : streams.TimeText(stream.Format);
            for (int r = 0; r < runs.Length; r++)
            {
                leadHas[r][s] = runs[r].IndexIn(before) >= 0 || runs[r].IndexIn(after) >= 0;
                timeMayHave[r][s] = runs[r].IsDigits ? runs[r].Length <= time.Digits : time.Letters && runs[r].Length <= LetterRunMax;
                TellsRows |= timeMayHave[r][s];
            }
            int cursor = 0;
            while (!leadHasAll[s] && probe.NextIn(after, ref cursor, out int start, out int end) && end > start)
            {
                leadHasAll[s] = (!probe.IsWholeAtStart || (start > 0 && !TermChars.Before(after, start)))
                    && (!probe.IsWholeAtEnd || (end < after.Length && !TermChars.At(after, end)))
                    && after[start..end].IndexOfAny((byte)'\r', (byte)'\n') < 0;
            }
        }
    }

    private bool TryFindInValues(TemplateBlock block, int r)
    {
        var hits = new List<(SlotClass Class, int Start)>();
        // Digits are also in ids and words.
        if (!TryFindHits(block, r, SlotClass.Word, hits) || (runs[r].IsDigits && !TryFindHits(block, r, SlotClass.Digits, hits)))
            return false;
        bool numbers = runs[r].IsDigits && block.HasNumbers;
        if (hits.Count == 0 && !numbers)
            return true;
        if (!block.TryReadColumns())
            return false;
        var rows = new HashSet<int>();
        void Add(int column, int rank)
        {
            int template = block.Columns.TemplateOf(column);
            valueHas[r][template] = true;
            if (rows.Count <= HitsMax)
                rows.Add(block.Rows.RowOf(template, rank));
        }
        foreach ((SlotClass kind, int start) in hits)
            block.Values.Find(kind, start, runs[r].Length, Add);
        if (numbers)
            FindInNumbers(block, r, Add);
        valueRows[r] = rows.Count > HitsMax ? null : rows;
        TellsRows |= valueRows[r] is { Count: > 0 };
        return true;
    }

    private bool TryFindHits(TemplateBlock block, int r, SlotClass kind, List<(SlotClass Class, int Start)> hits)
    {
        if (block.TryReadValues(kind, out int first, out int length) is not { } body)
            return false;
        ReadOnlySpan<byte> values = body.AsSpan(first, length);
        for (int at = 0; at < values.Length && runs[r].IndexIn(values[at..]) is >= 0 and int hit; at += hit + 1)
            hits.Add((kind, at + hit));
        return true;
    }

    private void FindInNumbers(TemplateBlock block, int r, Action<int, int> add)
    {
        Span<byte> text = stackalloc byte[24];
        foreach (int column in block.Values.NumberColumns)
        {
            int padding = block.Values.PaddingOf(column);
            for (int rank = 0; rank < block.Values.RowsOf(column); rank++)
            {
                int start = text.Length;
                for (ulong rest = block.Values.Number(column, rank); rest > 0 || start == text.Length || text.Length - start < padding; rest /= 10)
                    text[--start] = (byte)('0' + rest % 10);
                if (runs[r].IndexIn(text[start..]) >= 0)
                    add(column, rank);
            }
        }
    }
}
