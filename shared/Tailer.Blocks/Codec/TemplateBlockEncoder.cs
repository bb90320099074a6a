namespace Tailer.Blocks;

/// <summary>
/// Encodes events as templates and columns (docs/formats/block.md, codec 2): leads and templates are found line by line,
/// then the variables are written column by column, stream by stream. Reused; deterministic: only the events and the
/// level decide the bytes.
/// </summary>
internal sealed class TemplateBlockEncoder : IDisposable
{
    public const byte CodecVersion = 2;

    private readonly LineTokenizer tokenizer = new();
    private readonly TemplateTable templates = new();
    private readonly LeadTable leads = new();
    private readonly StreamRanks ranks = new(Limits.BlockEventsMax);
    private readonly ByteWriter[] sections = [.. Enumerable.Range(0, SectionTable.Count).Select(_ => new ByteWriter(1024))];
    private readonly ByteWriter scratch = new(1024);
    private readonly ColumnEncoder columns;
    private ulong[] steps = [];
    private int[] streamOf = [];
    private int[] templateOf = [];
    private int[] firstSlotOf = [];
    private int[] order = [];
    private int[] rows = [];
    private int[] rowStarts = [];
    private int[] slotStarts = new int[8192];
    private byte[] slotLengths = new byte[8192];
    private int[] columnStarts = [];
    private int[] columnLengths = [];
    private int slots;

    public TemplateBlockEncoder() => columns = new ColumnEncoder(sections);

    private ByteWriter Meta => sections[(int)BlockSection.Meta];

    /// <summary>False, and nothing is written, when the sections would be over the limit: lines that are nothing but variables.</summary>
    public bool TryEncode(BlockEvents events, ByteWriter to, int level)
    {
        Start(events);
        ReadLines(events);
        WriteMeta(events);
        WriteStreams(events.Count);
        SortByStream(events.Count);
        WriteTemplates(events);
        if (sections.Sum(section => (long)section.Length) > Limits.BlockBodyBytesMax)
            return false;
        to.U8(CodecVersion);
        to.U8(LineTokenizer.Version);
        to.Varint((ulong)events.Count);
        to.Varint((ulong)events.TextBytes);
        to.U32(Crc32C.Compute(events.Text));
        SectionTable.Write(sections, to, scratch, level);
        return true;
    }

    public void Dispose()
    {
        foreach (ByteWriter section in sections)
            section.Dispose();
        scratch.Dispose();
        templates.Dispose();
        leads.Dispose();
    }

    private void Start(BlockEvents events)
    {
        foreach (ByteWriter section in sections)
            section.Reset();
        templates.Reset();
        leads.Start(events);
        slots = 0;
        if (streamOf.Length >= events.Count)
            return;
        int capacity = Math.Max(1024, Math.Min(events.Count * 2, Limits.BlockEventsMax));
        streamOf = new int[capacity];
        templateOf = new int[capacity];
        firstSlotOf = new int[capacity];
        order = new int[capacity];
        rows = new int[capacity];
        columnStarts = new int[capacity];
        columnLengths = new int[capacity];
    }

    private void ReadLines(BlockEvents events)
    {
        ReadOnlySpan<byte> text = events.TextWithSlack();
        for (int i = 0; i < events.Count; i++)
        {
            int start = events.Start(i), end = events.End(i);
            streamOf[i] = leads.StreamOf(events, i, text[start..end], out int leadBytes);
            tokenizer.Read(text, start + leadBytes, end);
            templateOf[i] = templates.IdOf(text, start + leadBytes, end, tokenizer, events.Severity(i), events.Flags(i));
            firstSlotOf[i] = slots;
            KeepSlots();
        }
    }

    private void KeepSlots()
    {
        int count = tokenizer.Count;
        if (slots + count > slotStarts.Length)
        {
            Array.Resize(ref slotStarts, slotStarts.Length * 2);
            Array.Resize(ref slotLengths, slotLengths.Length * 2);
        }
        ReadOnlySpan<int> starts = tokenizer.Starts, ends = tokenizer.Ends;
        for (int k = 0; k < count; k++)
        {
            slotStarts[slots] = starts[k];
            slotLengths[slots++] = (byte)(ends[k] - starts[k]);
        }
    }

    private void WriteMeta(BlockEvents events)
    {
        StreamColumns.WriteStreams(events, leads, Meta);
        StreamColumns.WriteOffsets(events, Meta);
        TimeSteps.Write(events, Meta, sections[(int)BlockSection.Times], ref steps);
    }

    private void WriteStreams(int count)
    {
        if (leads.Streams.Count > 1)
            StreamColumns.WriteRanks(streamOf.AsSpan(0, count), ranks, sections[(int)BlockSection.Streams]);
    }

    /// <summary>Events stream by stream; within one in their order.</summary>
    private void SortByStream(int count)
    {
        var starts = new int[leads.Streams.Count + 1];
        for (int i = 0; i < count; i++)
            starts[streamOf[i] + 1]++;
        for (int s = 1; s < starts.Length; s++)
            starts[s] += starts[s - 1];
        for (int i = 0; i < count; i++)
            order[starts[streamOf[i]]++] = i;
    }

    private void WriteTemplates(BlockEvents events)
    {
        int[] numbers = NumberTemplates(events.Count);
        GroupRows(events.Count, numbers);
        ReadOnlySpan<byte> text = events.TextWithSlack();
        ByteWriter heads = sections[(int)BlockSection.Heads];
        heads.Varint((ulong)templates.Count);
        for (int number = 0; number < templates.Count; number++)
        {
            int id = templateOf[rows[rowStarts[number]]];
            WriteTemplate(text, templates[id], rows.AsSpan(rowStarts[number], rowStarts[number + 1] - rowStarts[number]));
        }
    }

    /// <summary>
    /// Templates are numbered by first use in stream order. Template ids are written on the way, in one byte each or two.
    /// </summary>
    private int[] NumberTemplates(int count)
    {
        var numbers = new int[templates.Count];
        Array.Fill(numbers, -1);
        ByteWriter to = sections[(int)BlockSection.TemplateIds];
        int next = 0;
        for (int j = 0; j < count; j++)
        {
            ref int number = ref numbers[templateOf[order[j]]];
            if (number < 0)
                number = next++;
            if (templates.Count <= 256)
                to.U8((byte)number);
            else
                to.U16((ushort)number);
        }
        return numbers;
    }

    /// <summary>Events template by template, in stream order.</summary>
    private void GroupRows(int count, int[] numbers)
    {
        rowStarts = new int[templates.Count + 1];
        for (int i = 0; i < count; i++)
            rowStarts[numbers[templateOf[i]] + 1]++;
        for (int t = 1; t < rowStarts.Length; t++)
            rowStarts[t] += rowStarts[t - 1];
        var next = (int[])rowStarts.Clone();
        for (int j = 0; j < count; j++)
            rows[next[numbers[templateOf[order[j]]]]++] = order[j];
    }

    /// <summary>
    /// Its head, its columns, and its static text, in which slots of one value are not slots any more.
    /// </summary>
    private void WriteTemplate(ReadOnlySpan<byte> text, in TemplateTable.Template template, ReadOnlySpan<int> events)
    {
        ByteWriter heads = sections[(int)BlockSection.Heads], statics = sections[(int)BlockSection.Templates];
        heads.U8(template.Severity);
        heads.U8(template.Flags);
        ReadOnlySpan<SlotClass> classes = templates.Classes(template);
        Span<int> starts = columnStarts.AsSpan(0, events.Length), lengths = columnLengths.AsSpan(0, events.Length);
        TemplateText.Append(statics, templates.Piece(template, 0));
        for (int slot = 0; slot < template.Slots; slot++)
        {
            for (int row = 0; row < events.Length; row++)
            {
                int at = firstSlotOf[events[row]] + slot;
                starts[row] = slotStarts[at];
                lengths[row] = slotLengths[at];
            }
            if (columns.IsConstant(text, starts, lengths))
                TemplateText.Append(statics, text.Slice(starts[0], lengths[0]));
            else
            {
                statics.U8(TemplateText.Slot);
                columns.Write(text, starts, lengths, classes[slot]);
            }
            TemplateText.Append(statics, templates.Piece(template, slot + 1));
        }
        statics.U8(TemplateText.End);
    }
}
