using System.Collections.Concurrent;
using System.Diagnostics;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Bench;

/// <summary>
/// How far bucks hold each file, and when that was first seen, from the headers of the packets in their data directories while these
/// are written. One thread looks; any thread asks.
/// </summary>
internal sealed class StoredRanges(IReadOnlyList<string> directories)
{
    private readonly Dictionary<string, long> positions = [];
    private readonly Dictionary<SourceId, string> paths = [];
    private readonly ConcurrentDictionary<(int Buck, string Path), List<(long From, long To, long At)>> ranges = new();

    public StoredRanges Look()
    {
        lock (positions)
        {
            for (int i = 0; i < directories.Count; i++)
            {
                foreach (string file in Directory.Exists(directories[i]) ? Directory.EnumerateFiles(directories[i], "*" + Names.BucketSuffix, SearchOption.AllDirectories) : [])
                    Read(i, file);
            }
        }
        return this;
    }

    /// <summary>On how many bucks the byte before this offset of the file is.</summary>
    public int CopiesOf(string path, long end) => Enumerable.Range(0, directories.Count).Count(buck => FirstSeen(buck, path, end) is not null);

    /// <summary>When the byte before this offset was first seen on so many bucks: a timestamp; null: it was not.</summary>
    public long? SeenAt(string path, long end, int copies)
    {
        long[] seen = [.. Enumerable.Range(0, directories.Count).Select(buck => FirstSeen(buck, path, end)).OfType<long>().Order()];
        return seen.Length < copies ? null : seen[copies - 1];
    }

    /// <summary>When a range that holds the byte before this offset was first seen on a buck.</summary>
    private long? FirstSeen(int buck, string path, long end)
    {
        if (!ranges.TryGetValue((buck, path), out List<(long From, long To, long At)>? list))
            return null;
        lock (list)
        {
            foreach ((long from, long to, long at) in list)
            {
                if (from < end && end <= to)
                    return at;
            }
        }
        return null;
    }

    private void Read(int buck, string file)
    {
        long from = positions.GetValueOrDefault(file);
        if (new FileInfo(file) is not { Exists: true } info || info.Length == from || SystemDisk.Instance.OpenRead(file) is not { } open)
            return;
        using (open)
        using (var reader = new BucketFileReader(open, from))
        {
            long now = Stopwatch.GetTimestamp();
            while (reader.TryReadNext())
            {
                if (reader.Header.Type != RecordType.Packet || FrameHeader.TryRead(reader.Body.Span, out FrameHeader? header) != FrameError.None)
                    continue;
                foreach (SourceRange range in header!.Sources)
                {
                    if (range.Descriptor is { } descriptor)
                        paths[range.Source] = descriptor.Path;
                    if (!paths.TryGetValue(range.Source, out string? path))
                        continue;
                    List<(long From, long To, long At)> list = ranges.GetOrAdd((buck, path), _ => []);
                    lock (list)
                        list.Add(((long)range.From, (long)range.To, now));
                }
            }
            positions[file] = reader.Position;
        }
    }
}
