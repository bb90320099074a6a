using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// Encodes events as templates and columns (docs/formats/block.md, codec 2): leads and templates are found line by line,
/// then the variables are written column by column, stream by stream. Reused; deterministic: only the events, the
/// level and whether it is to be quick decide the bytes.
/// </summary>
internal sealed class TemplateBlockEncoder : IDisposable
{
    public const byte CodecVersion = 2;

    private readonly LineTokenizer tokenizer = new();
    private readonly LineShapes shapes = new();
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
    private int[] numbers = [];

    public TemplateBlockEncoder() => columns = new ColumnEncoder(sections);

    private ByteWriter Meta => sections[(int)BlockSection.Meta];

    /// <summary>False, and nothing is written, when it would be over a limit: lines that are nothing but variables.</summary>
    public bool TryEncode(BlockEvents events, ByteWriter to, int level, bool isQuick = false)
    {
        Start(events, level, isQuick);
        ReadLines(events);
        WriteMeta(events);
        WriteStreams(events.Count);
        SortByStream(events.Count);
        WriteTemplates(events);
        if (columns.Count > Limits.BlockColumnsMax || sections.Sum(section => (long)section.Length) > Limits.BlockBodyBytesMax)
            return false;
        to.U8(CodecVersion);
        to.U8(LineTokenizer.Version);
        to.Varint((ulong)events.Count);
        to.Varint((ulong)events.TextBytes);
        to.U32(Crc32C.Compute(events.Text));
        SectionTable.Write(sections, to, scratch, level, isQuick);
        return true;
    }

    public void Dispose()
    {
        foreach (ByteWriter section in sections)
            section.Dispose();
        scratch.Dispose();
        leads.Dispose();
    }

    private void Start(BlockEvents events, int level, bool isQuick)
    {
        foreach (ByteWriter section in sections)
            section.Reset();
        shapes.Reset();
        templates.Reset();
        columns.Start(events.Count, level, isQuick);
        leads.Start(events);
        tokenizer.Reset();
        if (streamOf.Length >= events.Count)
            return;
        int capacity = Math.Max(1024, Math.Min(events.Count * 2, Limits.BlockEventsMax));
        streamOf = new int[capacity];
        templateOf = new int[capacity];
        firstSlotOf = new int[capacity];
        order = new int[capacity];
        rows = new int[capacity];
        rowStarts = new int[capacity + 1];
        numbers = new int[capacity];
    }

    private void ReadLines(BlockEvents events)
    {
        ReadOnlySpan<byte> text = events.TextWithSlack();
        ReadOnlySpan<int> ends = events.Ends;
        int start = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            int end = ends[i], firstSlot = tokenizer.Count;
            streamOf[i] = leads.StreamOf(events, i, text[start..end], out int leadBytes);
            start += leadBytes;
            if (!shapes.TryRepeat(text, start, end, events.Severity(i) << 8 | events.Flags(i), tokenizer, out templateOf[i]))
            {
                tokenizer.Read(text, start, end);
                int slots = tokenizer.Count - firstSlot;
                var line = new TemplateTable.Template(0, start, end, firstSlot, (byte)slots, events.Severity(i), events.Flags(i));
                templateOf[i] = templates.IdOf(text, tokenizer.Slots, line);
                shapes.Keep(text, tokenizer.Slots.AsSpan(firstSlot, slots), firstSlot, templateOf[i]);
            }
            firstSlotOf[i] = firstSlot;
            start = end;
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
        NumberTemplates(events.Count);
        GroupRows(events.Count);
        ReadOnlySpan<byte> text = events.TextWithSlack();
        sections[(int)BlockSection.Heads].Varint((ulong)templates.Count);
        int start = 0;
        for (int number = 0; number < templates.Count; number++)
        {
            // Grouping has moved each start to the end of its rows.
            int end = rowStarts[number];
            WriteTemplate(text, templates[templateOf[rows[start]]], start, end);
            start = end;
        }
    }

    /// <summary>
    /// Templates are numbered by first use in stream order. Template ids are written on the way, in one byte each or two.
    /// </summary>
    private void NumberTemplates(int count)
    {
        Array.Fill(numbers, -1, 0, templates.Count);
        int width = templates.Count <= 256 ? 1 : 2, next = 0;
        ByteWriter to = sections[(int)BlockSection.TemplateIds];
        Span<byte> ids = to.GetSpan(count * width);
        for (int j = 0; j < count; j++)
        {
            ref int number = ref numbers[templateOf[order[j]]];
            if (number < 0)
                number = next++;
            if (width == 1)
                ids[j] = (byte)number;
            else
                BinaryPrimitives.WriteUInt16LittleEndian(ids[(2 * j)..], (ushort)number);
        }
        to.Advance(count * width);
    }

    /// <summary>Events template by template, in stream order.</summary>
    private void GroupRows(int count)
    {
        Array.Clear(rowStarts, 0, templates.Count + 1);
        for (int i = 0; i < count; i++)
            rowStarts[numbers[templateOf[i]] + 1]++;
        for (int t = 1; t <= templates.Count; t++)
            rowStarts[t] += rowStarts[t - 1];
        for (int j = 0; j < count; j++)
        {
            int i = order[j];
            rows[rowStarts[numbers[templateOf[i]]]++] = i;
        }
    }

    /// <summary>
    /// Its head, its columns, and its static text, in which slots of one value are not slots any more. So the text of a template is that
    /// of its first line but for the slots that are left, and of a template with one line all of it.
    /// </summary>
    private void WriteTemplate(ReadOnlySpan<byte> text, in TemplateTable.Template template, int firstRow, int endRow)
    {
        ByteWriter heads = sections[(int)BlockSection.Heads], statics = sections[(int)BlockSection.Templates];
        heads.U8(template.Severity);
        heads.U8(template.Flags);
        int at = template.Start, slotCount = endRow - firstRow == 1 ? 0 : template.Slots;
        Span<int> firstSlots = slotCount == 0 ? [] : rows.AsSpan(firstRow, endRow - firstRow);
        ref Slot slots = ref MemoryMarshal.GetArrayDataReference(tokenizer.Slots);
        foreach (ref int row in firstSlots)
        {
            row = firstSlotOf[row];
            // Lines are far apart, and their slots are not in the cache any more.
            CpuCache.Fetch(ref Unsafe.Add(ref slots, row));
        }
        for (int s = 0; s < slotCount; s++)
        {
            Slot slot = tokenizer.Slots[template.FirstSlot + s];
            if (!columns.TryWrite(text, tokenizer.Slots, firstSlots, s, slot.Kind))
                continue;
            TemplateText.Append(statics, text[at..slot.Start]);
            statics.U8(TemplateText.Slot);
            at = slot.End;
        }
        TemplateText.Append(statics, text[at..template.End]);
        statics.U8(TemplateText.End);
    }
}
