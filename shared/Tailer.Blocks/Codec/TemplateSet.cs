namespace Tailer.Blocks;

/// <summary>The templates of a codec 2 block, unescaped: pieces of static text with a slot between each two. Reused.</summary>
public sealed class TemplateSet
{
    private byte[] text = [];
    private int[] pieceEnds = [];
    private int[] firstPieces = [];

    public int Count { get; private set; }

    /// <summary>All pieces, one after the other; readable for <see cref="PackedSections.SlackBytes"/> behind the last.</summary>
    internal byte[] Text => text;

    /// <summary>Number of slots of a template: one less than its pieces.</summary>
    public int Slots(int template) => firstPieces[template + 1] - firstPieces[template] - 1;

    public int FirstPiece(int template) => firstPieces[template];

    /// <summary>Where a piece starts in <see cref="Text"/>; pieces are numbered through all templates.</summary>
    public int PieceStart(int piece) => piece == 0 ? 0 : pieceEnds[piece - 1];

    public int PieceEnd(int piece) => pieceEnds[piece];

    /// <summary>All pieces of all templates, one after the other.</summary>
    public ReadOnlySpan<byte> Statics => Count == 0 ? [] : text.AsSpan(0, pieceEnds[firstPieces[Count] - 1]);

    public int PieceCount => Count == 0 ? 0 : firstPieces[Count];

    /// <summary>The template a piece is of.</summary>
    public int TemplateOfPiece(int piece)
    {
        int place = Array.BinarySearch(firstPieces, 0, Count + 1, piece);
        return place >= 0 ? place : ~place - 1;
    }

    /// <summary>The piece a position of <see cref="Statics"/> is in: the last that starts at or before it and is not empty.</summary>
    public int PieceAt(int position)
    {
        int low = 0, high = PieceCount - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (pieceEnds[middle] <= position)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    public ReadOnlySpan<byte> Piece(int piece) => text.AsSpan(PieceStart(piece)..pieceEnds[piece]);

    /// <summary>False unless the section is exactly so many templates, with no more slots than a block may have.</summary>
    internal bool TryRead(ReadOnlySpan<byte> section, int count)
    {
        Count = 0;
        if (count == 0 || count > section.Length)
            return false;
        Reserve(section, count);
        int at = 0, pieces = 0, templates = 0;
        bool ended = false;
        firstPieces[0] = 0;
        for (int i = 0; i < section.Length; i++)
        {
            byte b = section[i];
            ended = b == TemplateText.End;
            switch (b)
            {
                case TemplateText.End:
                    pieceEnds[pieces++] = at;
                    if (++templates > count)
                        return false;
                    firstPieces[templates] = pieces;
                    break;
                case TemplateText.Slot:
                    if (pieces - templates == Limits.BlockColumnsMax)
                        return false;
                    pieceEnds[pieces++] = at;
                    break;
                case TemplateText.Literal:
                    if (++i == section.Length)
                        return false;
                    text[at++] = section[i];
                    break;
                default:
                    int plain = TemplateText.PlainLength(section[i..]);
                    section.Slice(i, plain).CopyTo(text.AsSpan(at));
                    at += plain;
                    i += plain - 1;
                    break;
            }
        }
        if (templates != count || !ended)
            return false;
        Count = count;
        return true;
    }

    private void Reserve(ReadOnlySpan<byte> section, int count)
    {
        if (text.Length < section.Length + PackedSections.SlackBytes)
            text = new byte[section.Length + PackedSections.SlackBytes];
        int pieces = Math.Min(section.Count(TemplateText.Slot), Limits.BlockColumnsMax) + count + 1;
        if (pieceEnds.Length < pieces)
            pieceEnds = new int[pieces];
        if (firstPieces.Length <= count)
            firstPieces = new int[count + 1];
    }
}
