using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>What lies in bucket files, of bucks and of an agent's spool alike; used while nobody writes them.</summary>
internal static class BuckFiles
{
    public static IEnumerable<string> In(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "*" + Names.BucketSuffix, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];

    /// <summary>Every place that holds packets: all bucks' data, and the agent's spool.</summary>
    public static IEnumerable<string> Everywhere(Cluster cluster) =>
        Enumerable.Range(0, cluster.Bucks.Count).SelectMany(i => In(cluster.BuckData(i))).Concat(In(cluster.AgentState));

    public static IReadOnlyList<(RecordHeader Header, byte[] Body)> Records(string path)
    {
        var records = new List<(RecordHeader, byte[])>();
        using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
        using var reader = new BucketFileReader(file);
        while (reader.TryReadNext())
            records.Add((reader.Header, reader.Body.ToArray()));
        return records;
    }

    /// <summary>Bytes of events in packets, each packet counted once.</summary>
    public static long RawBytes(IEnumerable<string> paths) => paths
        .SelectMany(Records)
        .Where(record => record.Header.Type == RecordType.Packet)
        .DistinctBy(record => record.Header.Id)
        .Sum(record => FrameHeader.TryRead(record.Body, out FrameHeader? header) == FrameError.None ? header!.RawBytes : 0L);

    /// <summary>Writes the file again without one packet; returns how many copies went.</summary>
    public static int Remove(string path, PacketId id)
    {
        IReadOnlyList<(RecordHeader Header, byte[] Body)> records = Records(path);
        int removed = records.Count(record => record.Header.Id == id);
        if (removed == 0)
            return 0;
        File.Delete(path);
        using BucketFileWriter writer = BucketFileWriter.Open(SystemDisk.Instance, path);
        foreach ((RecordHeader header, byte[] body) in records.Where(record => record.Header.Id != id))
            writer.Append(header.Type, header.Id, body);
        return removed;
    }
}
