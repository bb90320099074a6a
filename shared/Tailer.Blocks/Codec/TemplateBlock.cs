using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// A codec 2 block, unpacked as far as it is asked for: names and times without text, templates without variables, single lines
/// without the others. Reused; owns rented memory until <see cref="Dispose"/>; not thread-safe. The packed bytes must stay
/// until the next <see cref="TryOpen"/>.
/// </summary>
public sealed class TemplateBlock : IDisposable
{
    /// <summary>Room that <see cref="Write"/> wants behind a line.</summary>
    public const int WriteSlackBytes = PackedSections.SlackBytes;

    private readonly PackedSections sections = new();
    private readonly StreamSet streams = new(Limits.BlockEventsMax);
    private readonly TemplateSet templates = new();
    private readonly ColumnSet columns = new();
    private ulong[] times = [];
    private ulong[] offsetSteps = [];
    private ushort[] templateOf = [];
    private int[] rankOf = [];
    private int[] rowsOf = [];
    private byte[] severities = [];
    private byte[] flags = [];
    private int namesBytes;
    private bool eventsRead;
    private bool columnsRead;

    public int Count { get; private set; }

    /// <summary>Sum of the events' lengths.</summary>
    public int TextBytes { get; private set; }

    public uint TextCrc { get; private set; }

    public StreamSet Streams => streams;

    public TemplateSet Templates => templates;

    public ColumnSet Columns => columns;

    internal PackedSections Sections => sections;

    /// <summary>Where lines are; valid after the columns were read.</summary>
    public BlockRows Rows { get; } = new();

    /// <summary>Where values are; valid after the columns were read.</summary>
    public ColumnRows Values { get; } = new();

    public ulong Time(int i) => times[i];

    /// <summary>Zigzag-coded: the event's offset minus the end of its source's previous event in the block.</summary>
    public ulong OffsetStep(int i) => offsetSteps[i];

    /// <summary>The template of a row (rows are events stream by stream), and which of the template's rows it is.</summary>
    public int TemplateAt(int row) => templateOf[row];

    public int RankAt(int row) => rankOf[row];

    public int RowsOf(int template) => rowsOf[template];

    public Severity SeverityOf(int template) => (Severity)severities[template];

    public EventFlags FlagsOf(int template) => (EventFlags)flags[template];

    /// <summary>An event's time as its line has it; empty when its lead has none. Valid until the next call.</summary>
    public ReadOnlySpan<byte> TimeText(int stream, int i) =>
        streams.Streams[stream].Format is >= 0 and int format ? streams.Format(format).Write(times[i]) : [];

    /// <summary>Bytes of an event's line before its template.</summary>
    public int LeadLength(int stream, int i)
    {
        StreamInfo info = streams.Streams[stream];
        return info.Before.Length + info.After.Length + (info.Format < 0 ? 0 : streams.Format(info.Format).LengthAt(times[i]));
    }

    /// <summary>Reads the header; the parts below must be asked for, in their order, before what they give is used.</summary>
    public BlockError TryOpen(ReadOnlyMemory<byte> block)
    {
        Count = 0;
        columnsRead = eventsRead = false;
        var r = new SpanReader(block.Span);
        if (r.U8() != TemplateBlockEncoder.CodecVersion)
            return BlockError.UnknownCodec;
        r.U8();
        int count = r.Count(Limits.BlockEventsMax);
        TextBytes = r.Count(Limits.BlockBodyBytesMax);
        TextCrc = r.U32();
        if (r.Failed || count == 0)
            return BlockError.OverLimits;
        BlockError error = sections.TryOpen(block, r.Position);
        Count = error == BlockError.None ? count : 0;
        return error;
    }

    /// <summary>Names and streams.</summary>
    public bool TryReadNames(int sourceCount)
    {
        eventsRead = false;
        if (sourceCount == 0 || !sections.TryUnpack(BlockSection.Meta))
            return false;
        var r = new SpanReader(sections.Bytes(BlockSection.Meta));
        bool read = streams.TryReadNames(ref r, Count, sourceCount, TextBytes);
        namesBytes = r.Position;
        return read;
    }

    /// <summary>Times, and which stream each event is of; after the names.</summary>
    public bool TryReadEvents()
    {
        if (eventsRead)
            return true;
        if (!sections.TryUnpack(BlockSection.Times) || !sections.TryUnpack(BlockSection.Streams))
            return false;
        if (times.Length < Count)
        {
            times = new ulong[Capacity(times.Length)];
            offsetSteps = new ulong[times.Length];
        }
        var r = new SpanReader(sections.Bytes(BlockSection.Meta)[namesBytes..]);
        return eventsRead = RunColumn.TryRead(ref r, offsetSteps.AsSpan(0, Count), ulong.MaxValue)
            && TimeSteps.TryRead(ref r, sections.Bytes(BlockSection.Times), times.AsSpan(0, Count))
            && r.AtEnd
            && streams.TryReadOrder(sections.Bytes(BlockSection.Streams), Count);
    }

    /// <summary>Static text, and which row is of which template.</summary>
    public bool TryReadTemplates()
    {
        if (!sections.TryUnpack(BlockSection.Heads) || !sections.TryUnpack(BlockSection.Templates) || !sections.TryUnpack(BlockSection.TemplateIds))
            return false;
        var heads = new SpanReader(sections.Bytes(BlockSection.Heads));
        int count = heads.Count(Count);
        if (heads.Failed || count == 0 || !templates.TryRead(sections.Bytes(BlockSection.Templates), count) || !TryReadTemplateIds(sections.Bytes(BlockSection.TemplateIds)))
            return false;
        Rows.Start(this);
        return TryReadSeverities(ref heads);
    }

    /// <summary>Unpacks the values of a class that are written as text; null when damaged.</summary>
    public byte[]? TryReadValues(SlotClass kind, out int start, out int length)
    {
        BlockSection section = kind == SlotClass.Digits ? BlockSection.Digits : BlockSection.Words;
        (start, length) = (sections.Start(section), sections.Length(section));
        return sections.TryUnpack(section) ? sections.Body : null;
    }

    /// <summary>Whether there are columns of numbers that are not written as text.</summary>
    public bool HasNumbers => sections.Length(BlockSection.Numbers) > 0;

    /// <summary>The columns' places; their values are unpacked.</summary>
    public bool TryReadColumns()
    {
        if (columnsRead)
            return true;
        if (!sections.TryUnpack(BlockSection.Digits) || !sections.TryUnpack(BlockSection.Words) || !sections.TryUnpack(BlockSection.Indexes)
            || !sections.TryUnpack(BlockSection.Lengths) || !sections.TryUnpack(BlockSection.Numbers)
            || !columns.TryRead(sections, templates, rowsOf.AsSpan(0, templates.Count)))
            return false;
        Values.Start(columns, sections);
        return columnsRead = true;
    }

    /// <summary>
    /// Writes the line of a row, which is the given event, at a place of the output; gives its length, or -1 when it would not
    /// leave <see cref="PackedSections.SlackBytes"/> free behind it or its time cannot be written.
    /// </summary>
    public int Write(int row, int stream, int i, Span<byte> output, int at)
    {
        int start = at, limit = output.Length - PackedSections.SlackBytes;
        StreamInfo info = streams.Streams[stream];
        if (at + info.Before.Length + TimeFormat.TextBytesMax + info.After.Length > limit && !LeadFits(info, times[i], limit - at))
            return -1;
        at = Append(output, at, info.Before.Span);
        if (info.Format >= 0)
        {
            ReadOnlySpan<byte> time = streams.Format(info.Format).Write(times[i]);
            if (time.IsEmpty)
                return -1;
            at = Append(output, at, time);
        }
        at = Append(output, at, info.After.Span);
        int template = templateOf[row], rank = rankOf[row];
        int piece = templates.FirstPiece(template), column = columns.FirstColumn(template), last = columns.FirstColumn(template + 1);
        ref byte to = ref MemoryMarshal.GetReference(output);
        ref byte body = ref MemoryMarshal.GetArrayDataReference(sections.Body);
        ref byte statics = ref MemoryMarshal.GetArrayDataReference(templates.Text);
        for (; ; column++, piece++)
        {
            int from = templates.PieceStart(piece), length = templates.PieceEnd(piece) - from;
            if (at + length > limit)
                return -1;
            ShortBytes.Copy(ref Unsafe.Add(ref to, at), ref Unsafe.Add(ref statics, from), length);
            at += length;
            if (column == last)
                return at - start;
            columns.Read(column, rank, out int valueStart, out int valueEnd, out ulong number);
            if (at + LineTokenizer.SlotBytesMax > limit && at + (valueStart < 0 ? Digits(number, valueEnd) : valueEnd - valueStart) > limit)
                return -1;
            if (valueStart < 0)
            {
                at += WriteNumber(ref Unsafe.Add(ref to, at), number, valueEnd);
                continue;
            }
            ShortBytes.Copy(ref Unsafe.Add(ref to, at), ref Unsafe.Add(ref body, valueStart), valueEnd - valueStart);
            at += valueEnd - valueStart;
        }
    }

    public void Dispose()
    {
        Count = 0;
        sections.Dispose();
    }

    private bool LeadFits(StreamInfo info, ulong time, int room) =>
        info.Before.Length + info.After.Length + (info.Format < 0 ? 0 : streams.Format(info.Format).Write(time).Length) <= room;

    private static int Append(Span<byte> output, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output[at..]);
        return at + bytes.Length;
    }

    internal static int Digits(ulong number, int width)
    {
        int digits = Math.Max(1, width);
        for (ulong rest = width > 0 ? 0 : number / 10; rest > 0; rest /= 10)
            digits++;
        return digits;
    }

    internal static int WriteNumber(ref byte to, ulong number, int width)
    {
        int digits = Digits(number, width);
        for (int k = digits - 1; k >= 0; k--)
        {
            ulong rest = number / 10;
            Unsafe.Add(ref to, k) = (byte)('0' + (number - rest * 10));
            number = rest;
        }
        return digits;
    }

    /// <summary>Severity and flags of each template; what heads say of columns is passed over.</summary>
    private bool TryReadSeverities(ref SpanReader heads)
    {
        if (severities.Length < templates.Count)
            (severities, flags) = (new byte[templates.Count], new byte[templates.Count]);
        for (int t = 0; t < templates.Count; t++)
        {
            severities[t] = heads.U8();
            flags[t] = heads.U8();
            for (int slot = templates.Slots(t); slot > 0; slot--)
                Column.SkipHead(ref heads);
        }
        return !heads.Failed;
    }

    private bool TryReadTemplateIds(ReadOnlySpan<byte> ids)
    {
        bool wide = templates.Count > 256;
        if (ids.Length != Count * (wide ? 2 : 1))
            return false;
        if (templateOf.Length < Count)
        {
            templateOf = new ushort[Capacity(templateOf.Length)];
            rankOf = new int[templateOf.Length];
        }
        if (rowsOf.Length < templates.Count)
            rowsOf = new int[templates.Count];
        Array.Clear(rowsOf);
        for (int row = 0; row < Count; row++)
        {
            int template = wide ? ids[row * 2] | ids[row * 2 + 1] << 8 : ids[row];
            if (template >= templates.Count)
                return false;
            templateOf[row] = (ushort)template;
            rankOf[row] = rowsOf[template]++;
        }
        return true;
    }

    private int Capacity(int present) => Math.Max(Count, Math.Min(present * 2, Limits.BlockEventsMax));
}
