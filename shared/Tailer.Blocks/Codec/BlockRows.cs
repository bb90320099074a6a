using System.Buffers;

namespace Tailer.Blocks;

/// <summary>
/// Where the lines of a codec 2 block are, without writing them: which row a template's value is in, how long each line is, and so
/// at which offset of its source. Computed when first asked for. Reused.
/// </summary>
public sealed class BlockRows
{
    private TemplateBlock block = null!;
    private int[] rowsByTemplate = [];
    private int[] firstOf = [];
    private ulong[] offsets = [];
    private int[] lengths = [];
    private bool haveRows;
    private bool haveOffsets;

    internal void Start(TemplateBlock block)
    {
        this.block = block;
        haveRows = haveOffsets = false;
    }

    /// <summary>The row in which a template is used for the given time, from 0.</summary>
    public int RowOf(int template, int rank)
    {
        if (!haveRows)
            GroupRows();
        return rowsByTemplate[firstOf[template] + rank];
    }

    /// <summary>All rows of a template, ascending.</summary>
    public ReadOnlySpan<int> RowsOf(int template)
    {
        if (!haveRows)
            GroupRows();
        return rowsByTemplate.AsSpan(firstOf[template], firstOf[template + 1] - firstOf[template]);
    }

    /// <summary>Offset of an event in its source. False when offsets go beyond 64 bits, or the lines are not as long as the block says.</summary>
    public bool TryReadOffsets(int sourceCount)
    {
        if (haveOffsets)
            return true;
        int count = block.Count;
        if (offsets.Length < count)
            (offsets, lengths) = (new ulong[count], new int[count]);
        return ReadLengths() && AddOffsets(sourceCount) && (haveOffsets = true);
    }

    public ulong Offset(int i) => offsets[i];

    private void GroupRows()
    {
        int templates = block.Templates.Count;
        if (rowsByTemplate.Length < block.Count)
            rowsByTemplate = new int[block.Count];
        if (firstOf.Length <= templates)
            firstOf = new int[templates + 1];
        int sum = 0;
        for (int t = 0; t < templates; t++)
        {
            firstOf[t] = sum;
            sum += block.RowsOf(t);
        }
        firstOf[templates] = sum;
        for (int row = 0; row < block.Count; row++)
            rowsByTemplate[firstOf[block.TemplateAt(row)] + block.RankAt(row)] = row;
        haveRows = true;
    }

    /// <summary>Lengths of lines by event: lead, static text and values, column by column.</summary>
    private bool ReadLengths()
    {
        TemplateSet templates = block.Templates;
        int[] byRank = ArrayPool<int>.Shared.Rent(block.Count);
        long total = 0;
        for (int t = 0; t < templates.Count; t++)
        {
            Span<int> lengthOf = byRank.AsSpan(0, block.RowsOf(t));
            int first = templates.FirstPiece(t), last = first + templates.Slots(t);
            lengthOf.Fill(templates.PieceEnd(last) - templates.PieceStart(first));
            for (int c = block.Columns.FirstColumn(t); c < block.Columns.FirstColumn(t + 1); c++)
                block.Columns.AddLengths(c, lengthOf);
            ReadOnlySpan<int> rows = RowsOf(t);
            for (int rank = 0; rank < rows.Length; rank++)
                lengths[block.Streams.EventAt(rows[rank])] = lengthOf[rank];
        }
        ArrayPool<int>.Shared.Return(byRank);
        for (int i = 0; i < block.Count; i++)
        {
            lengths[i] += block.LeadLength(block.Streams.StreamOf(i), i);
            total += lengths[i];
        }
        return total == block.TextBytes;
    }

    private bool AddOffsets(int sourceCount)
    {
        var ends = new ulong[sourceCount];
        for (int i = 0; i < block.Count; i++)
        {
            ref ulong end = ref ends[block.Streams.Streams[block.Streams.StreamOf(i)].Source];
            ulong step = block.OffsetStep(i);
            offsets[i] = end + ((step >> 1) ^ (0 - (step & 1)));
            end = offsets[i] + (ulong)lengths[i];
            if (end < offsets[i])
                return false;
        }
        return true;
    }
}
