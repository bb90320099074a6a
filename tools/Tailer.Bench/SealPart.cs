using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>Sealing in a process of its own, then decoding what was sealed. Arguments: bucket file, directory for the index.</summary>
internal static class SealPart
{
    public const string Name = "seal";

    /// <summary>Sealed before it counts, so that the code is compiled as it stays.</summary>
    private const long WarmUpBytes = 64_000_000;

    private const int DecodePasses = 3;

    public static IReadOnlyList<BenchRow> Run(string[] arguments)
    {
        (string bucket, string index) = (arguments[0], arguments[1]);
        using (var warmUp = new TempDirectory())
            Sealing.Run(bucket, warmUp["index"], WarmUpBytes);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long raw = Sealing.Run(bucket, index);
        double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        double peak = PartProcess.PeakMegabytes();
        return
        [
            new BenchRow("segment", "seal-mb-s", raw / 1e6 / seconds, "MB/s", null, null, ">= 50", ">= 150"),
            new BenchRow("segment", "decode-mb-s", Enumerable.Range(0, DecodePasses).Max(_ => DecodeSpeed(index)), "MB/s", null, null, ">= 300", null),
            new BenchRow("segment", "seal-rss-mb", peak, "MB", null, null, null, null),
        ];
    }

    /// <summary>Every event's bytes out of every block, on one thread; raw MB per CPU second.</summary>
    private static double DecodeSpeed(string directory)
    {
        using var block = new DecodedBlock();
        long raw = 0, lineEnds = 0, events = 0;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        using var index = new LocalEventIndex(SystemDisk.Instance, directory);
        using IndexSnapshot snapshot = index.Snapshot();
        foreach (SegmentRef segment in snapshot.Segments)
        {
            using SegmentLease lease = segment.Open();
            for (int i = 0; i < lease.Reader.Footer.Blocks.Count; i++)
            {
                if (lease.Reader.TryReadBlock(i, block) is not BlockError.None and var error)
                    throw new InvalidDataException($"block {i} of {segment.Name} cannot be decoded: {error}");
                for (int k = 0; k < block.Count; k++)
                {
                    Event e = block[k];
                    raw += e.Bytes.Length;
                    lineEnds += e.Bytes[^1] == '\n' ? 1 : 0;
                }
                events += block.Count;
            }
        }
        double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        if (lineEnds < events - 1)
            throw new InvalidDataException($"{events - lineEnds} of {events} lines were decoded without their line end");
        return raw / 1e6 / seconds;
    }
}
