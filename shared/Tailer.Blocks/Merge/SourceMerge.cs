namespace Tailer.Blocks;

/// <summary>
/// The events of one source on their way into a merge: dedupe by byte range and by bytes. The rule, and why no byte is lost or
/// repeated by it: docs/decisions/0002-dedupe.md.
/// </summary>
internal sealed class SourceMerge(SourceId id, string agent)
{
    private readonly List<EventPiece> earlier = [];
    private readonly List<EventPiece> altered = [];
    private List<EventPiece> pieces = [];
    private ulong end;
    private bool isPlain = true;

    public SourceId Id => id;

    /// <summary>The agent whose packets brought it; the least name, if ever there are several.</summary>
    public string Agent { get; private set; } = agent;

    /// <summary>The best description seen; null when none came.</summary>
    public SourceDescriptor? Descriptor { get; private set; }

    /// <summary>Ranges kept although kept bytes of the same source differ there.</summary>
    public List<ByteRange> Conflicts { get; } = [];

    /// <summary>Bytes left out because the same bytes are there, or because a rule made them and others are there.</summary>
    public long RepeatedBytes { get; private set; }

    public IReadOnlyList<EventPiece> Pieces => pieces;

    public void BroughtBy(string name) => Agent = string.CompareOrdinal(name, Agent) < 0 ? name : Agent;

    public void Describe(SourceDescriptor descriptor) =>
        Descriptor = Descriptor is null ? descriptor : SourceDescriptor.Better(Descriptor, descriptor);

    /// <summary>Adds an event; <paramref name="isAltered"/> when a rule made its bytes.</summary>
    public void Add(EventPiece piece, bool isAltered)
    {
        if (piece.Length == 0)
            return;
        isPlain &= piece.Offset >= end;
        end = Math.Max(end, piece.End);
        pieces.Add(piece);
        if (isAltered)
            altered.Add(piece);
    }

    /// <summary>Bytes that an earlier segment holds.</summary>
    public void AddEarlier(EventPiece piece) => earlier.Add(piece);

    /// <summary>Which of the pieces' bytes are in the coverage.</summary>
    public Coverage OverlapWith(Coverage coverage)
    {
        var overlap = new Coverage();
        foreach (EventPiece piece in pieces)
        {
            if (coverage.Intersects(piece.Range))
                overlap.Add(coverage.Within(piece.Range));
        }
        return overlap;
    }

    /// <summary>Leaves in <see cref="Pieces"/> what is kept, in order.</summary>
    public void Resolve(PieceBytes bytes)
    {
        if (isPlain && earlier.Count == 0)
            return;
        earlier.Sort((x, y) => x.Offset.CompareTo(y.Offset));
        if (altered.Count == 0)
        {
            pieces = Sweep(pieces, earlier, bytes, givesWay: false);
            return;
        }
        // The source's own bytes first: what a rule made of them, or put in their place, says less than they do.
        HashSet<EventPiece> made = [.. altered];
        List<EventPiece> own = Sweep([.. pieces.Where(piece => !made.Contains(piece))], earlier, bytes, givesWay: false);
        List<EventPiece> there = [.. own, .. earlier];
        there.Sort((x, y) => x.Offset.CompareTo(y.Offset));
        pieces = [.. own, .. Sweep(altered, there, bytes, givesWay: true)];
        pieces.Sort(bytes);
    }

    /// <summary>What of the pieces is kept, in order, beside those that are there already (by offset).</summary>
    private List<EventPiece> Sweep(List<EventPiece> taken, List<EventPiece> there, PieceBytes bytes, bool givesWay)
    {
        taken.Sort(bytes);
        List<EventPiece> kept = new(taken.Count);
        List<EventPiece> near = [];
        int nextThere = 0;
        bool wasCut = false;
        foreach (EventPiece piece in taken)
        {
            near.RemoveAll(other => other.End <= piece.Offset);
            for (; nextThere < there.Count && there[nextThere].Offset < piece.End; nextThere++)
            {
                if (there[nextThere].End > piece.Offset)
                    near.Add(there[nextThere]);
            }
            int before = kept.Count;
            Take(piece, near, bytes, kept, givesWay);
            for (int i = before; i < kept.Count; i++)
            {
                wasCut |= kept[i] != piece;
                near.Add(kept[i]);
            }
        }
        if (wasCut)
            kept.Sort(bytes);
        return kept;
    }

    /// <summary>Keeps of the piece what agreeing bytes near it do not cover; of one that gives way, what no bytes near it cover.</summary>
    private void Take(EventPiece piece, List<EventPiece> near, PieceBytes bytes, List<EventPiece> kept, bool givesWay)
    {
        Coverage? agreed = null;
        bool differs = false;
        foreach (EventPiece other in near)
        {
            if (other.Offset >= piece.End)
                continue;
            if (givesWay || bytes.Agree(piece, other))
                (agreed ??= new Coverage()).Add(new ByteRange(Math.Max(piece.Offset, other.Offset), Math.Min(piece.End, other.End)));
            else
                differs = true;
        }
        int before = kept.Count;
        if (agreed is null)
        {
            kept.Add(piece);
        }
        else
        {
            RepeatedBytes += (long)agreed.Bytes;
            foreach (ByteRange gap in agreed.Gaps(piece.Range))
            {
                int start = (int)(gap.From - piece.Offset);
                kept.Add(piece with { Offset = gap.From, Length = (int)gap.Length, Start = piece.Start + start });
            }
        }
        for (int i = before; differs && i < kept.Count; i++)
            Conflicts.Add(kept[i].Range);
    }
}
