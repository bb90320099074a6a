using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// Whose turn it is within each source of a join: an event may be written when all bytes of its source that lie before it,
/// in any of the segments, were. Segments say by their coverage what they have.
/// </summary>
internal sealed class SourceTurns
{
    private readonly List<Stretch>[] stretches;
    private readonly int[] firstOpen;

    public SourceTurns(IReadOnlyList<SegmentReader> segments, SegmentFooter plan)
    {
        var places = plan.Sources.Select((source, i) => (source.Descriptor.Id, i)).ToDictionary(pair => pair.Id, pair => pair.i);
        stretches = [.. plan.Sources.Select(_ => new List<Stretch>())];
        firstOpen = new int[stretches.Length];
        for (int segment = 0; segment < segments.Count; segment++)
        {
            foreach (SegmentSource source in segments[segment].Footer.Sources)
            {
                foreach (ByteRange range in source.Coverage)
                    stretches[places[source.Descriptor.Id]].Add(new Stretch(segment, range));
            }
        }
        foreach (List<Stretch> ofSource in stretches)
            ofSource.Sort((x, y) => (x.From, x.Segment).CompareTo((y.From, y.Segment)));
    }

    public bool IsTurnOf(JoinKey key)
    {
        List<Stretch> ofSource = stretches[key.Source];
        for (int i = firstOpen[key.Source]; i < ofSource.Count && ofSource[i].From <= key.Offset; i++)
        {
            // What was written of a stretch ends at Next; an event within that is of different bytes at the same place.
            if (!ofSource[i].IsDone && ofSource[i].Next < key.Offset)
                return false;
        }
        return true;
    }

    public void Wrote(int segment, JoinKey key, int length)
    {
        List<Stretch> ofSource = stretches[key.Source];
        ref int first = ref firstOpen[key.Source];
        for (int i = first; i < ofSource.Count && ofSource[i].From <= key.Offset; i++)
        {
            if (ofSource[i].Segment == segment && key.Offset < ofSource[i].To)
                ofSource[i].Next = Math.Max(ofSource[i].Next, key.Offset + (ulong)length);
        }
        while (first < ofSource.Count && ofSource[first].IsDone)
            first++;
    }

    private sealed class Stretch(int segment, ByteRange range)
    {
        public int Segment => segment;

        public ulong From => range.From;

        public ulong To => range.To;

        public ulong Next { get; set; } = range.From;

        public bool IsDone => Next >= range.To;
    }
}
