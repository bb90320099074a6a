using Tailer.Blocks;
using Tailer.Cli.Reach;

namespace Tailer.Cli.Export;

/// <summary>Brings all events of one source: from the archive, and from the bucks what the archive does not have yet.</summary>
internal sealed class SourceFeed(ArchiveSegments archive, BuckInventory bucks) : IDisposable
{
    /// <summary>Packets asked for ahead, so that reading does not wait for each answer: at most 16 MiB under way.</summary>
    private const int PacketsAhead = 16;

    private readonly DecodedBlock block = new();

    /// <summary>
    /// Which of its segment's sources each block seen so far holds: a file of a thousand short rotations would else unpack a segment for
    /// each of them.
    /// </summary>
    private readonly Dictionary<(string Path, int Block), HashSet<int>> sourcesOf = [];

    /// <summary>Blocks of segments unpacked so far.</summary>
    public int BlocksUnpacked { get; private set; }

    /// <summary>Everything of the source that some place says it has.</summary>
    public Coverage Expected(SourceId source)
    {
        Coverage expected = Archived(source);
        foreach (HeldPacket packet in bucks.Packets)
        {
            foreach (SourceRange range in packet.Header.Sources.Where(r => r.Source == source))
                expected.Add(new ByteRange(range.From, range.To));
        }

        return expected;
    }

    /// <summary>
    /// Gives each event of the source to <paramref name="take"/>; repeats are possible, and nearly in order of offsets. What a rule
    /// took out of a packet's range, and no other place claims, goes to <paramref name="pass"/> between them.
    /// </summary>
    public async Task ReadAsync(SourceId source, EventAction take, Action<ulong, ulong>? pass, CancellationToken cancel)
    {
        ReadSegments(archive.Footers.Keys, source, take);
        if (await ReadPacketsAsync(source, take, pass, cancel).ConfigureAwait(false))
            return;
        // Bucks drop what was archived; so what has gone since it was listed is in the archive now.
        ReadSegments(archive.Refresh(), source, take);
    }

    public void Dispose() => block.Dispose();

    private Coverage Archived(SourceId source)
    {
        var coverage = new Coverage();
        foreach (SegmentFooter footer in archive.Footers.Values)
        {
            int index = IndexOf(footer, source);
            foreach (ByteRange range in index < 0 ? [] : footer.Sources[index].Coverage)
                coverage.Add(range);
        }

        return coverage;
    }

    /// <summary>
    /// Those that have the source, by its first offset in each: the segments of one span have their names' order from times and hashes, and
    /// what comes before its turn waits in memory.
    /// </summary>
    private void ReadSegments(IEnumerable<string> paths, SourceId source, EventAction take)
    {
        (string Path, int Index)[] having =
        [
            .. paths.Select(path => (Path: path, Index: IndexOf(archive.Footers[path], source))).Where(one => one.Index >= 0)
                .OrderBy(one => archive.Footers[one.Path].Sources[one.Index].Coverage is [var first, ..] ? first.From : 0),
        ];
        foreach ((string path, int index) in having)
            ReadSegment(path, index, take);
    }

    private void ReadSegment(string path, int index, EventAction take)
    {
        if (archive.Open(path) is not { } segment)
            return;
        using (segment)
        {
            for (int i = 0; i < segment.Footer.Blocks.Count; i++)
            {
                if (sourcesOf.TryGetValue((path, i), out HashSet<int>? held) && !held.Contains(index))
                    continue;
                BlocksUnpacked++;
                BlockError error = segment.TryReadBlock(i, block);
                if (error != BlockError.None)
                {
                    archive.Trouble($"{path}: block {i} cannot be read: {error}");
                    continue;
                }
                if (held is null)
                    sourcesOf.Add((path, i), SourcesIn(block));
                Give(index, take);
            }
        }
    }

    private static HashSet<int> SourcesIn(DecodedBlock block)
    {
        var sources = new HashSet<int>();
        for (int i = 0; i < block.Count; i++)
            sources.Add(block.Source(i));
        return sources;
    }

    /// <summary>False when a packet was listed but is nowhere to be had any more.</summary>
    private async Task<bool> ReadPacketsAsync(SourceId source, EventAction take, Action<ulong, ulong>? pass, CancellationToken cancel)
    {
        Coverage archived = Archived(source);
        var certain = new Coverage(archived);
        foreach (SourceRange range in bucks.Packets.SelectMany(p => p.Header.Sources).Where(r => r.Source == source && !r.HasHoles))
            certain.Add(new ByteRange(range.From, range.To));
        HeldPacket[] wanted =
        [
            .. bucks.Packets.Where(p => p.Header.Sources.Any(r => r.Source == source && !archived.Contains(new ByteRange(r.From, r.To))))
                .OrderBy(p => p.Header.Sources.First(r => r.Source == source).From),
        ];
        bool all = true;
        var ahead = new Queue<Task<Packet?>>();
        for (int next = 0; next < wanted.Length || ahead.Count > 0;)
        {
            while (next < wanted.Length && ahead.Count < PacketsAhead)
                ahead.Enqueue(bucks.ReadAsync(wanted[next++], cancel));
            Packet? packet = await ahead.Dequeue().ConfigureAwait(false);
            if (packet is null || packet.TryDecode(block) != BlockError.None)
                all = false;
            else
                Give(packet.Header, source, take, (from, to) => PassUnclaimed(certain, from, to, pass));
        }

        return all;
    }

    private static void PassUnclaimed(Coverage certain, ulong from, ulong to, Action<ulong, ulong>? pass)
    {
        foreach (ByteRange range in certain.Gaps(new ByteRange(from, to)))
            pass?.Invoke(range.From, range.To);
    }

    private void Give(FrameHeader header, SourceId source, EventAction take, Action<ulong, ulong> pass)
    {
        int index = header.Sources.ToList().FindIndex(r => r.Source == source);
        SourceRange range = header.Sources[index];
        ulong end = range.From;
        for (int i = 0; i < block.Count; i++)
        {
            if (block.Source(i) != index)
                continue;
            Event e = block[i];
            if (e.Offset > end)
                pass(end, e.Offset);
            take(e);
            end = e.End;
        }

        if (range.To > end)
            pass(end, range.To);
    }

    private void Give(int index, EventAction take)
    {
        for (int i = 0; i < block.Count; i++)
        {
            if (block.Source(i) == index)
                take(block[i]);
        }
    }

    /// <summary>A footer's sources are ascending by id. Negative when it is not there.</summary>
    private static int IndexOf(SegmentFooter footer, SourceId source)
    {
        int low = 0;
        int high = footer.Sources.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = footer.Sources[middle].Descriptor.Id.CompareTo(source);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }
}
