using Tailer.Blocks;
using Tailer.Blocks.Native;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// What an agent does to lines: blocks of 256 KiB at its level. CPU against the program <c>zstd -1</c> over the same file; bytes against
/// zstd -1 of the same pieces, each by itself; and whole frames of packets of a few lines, as they are sent when little is written.
/// </summary>
internal static class BlocksBenchmark
{
    /// <summary>zstd level of the agent's packets.</summary>
    private const int Level = 1;

    /// <summary>Ours and theirs in turn; the least of each counts.</summary>
    private const int Repeats = 4;

    /// <summary>Packets of a few lines that are made of a file, evenly spread over it.</summary>
    private const int SmallPacketsMax = 5_000;

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        string corpus = await Corpus.Find(settings);
        List<BenchRow> rows = [Cpu(corpus), .. Bytes(new LogLines(corpus, host: null), "")];
        foreach (string sample in SampleLogs.Files())
            rows.AddRange(Bytes(new LogLines(sample, SampleLogs.Host), ":" + Path.GetFileNameWithoutExtension(sample)));
        return rows;
    }

    private static BenchRow Cpu(string corpus)
    {
        double gigabytes = new FileInfo(corpus).Length / 1e9;
        double ours = double.MaxValue, theirs = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            ours = Math.Min(ours, EncodeSeconds(corpus));
            theirs = Math.Min(theirs, ToolRun.Of("zstd -1 -q -c \"$1\" >/dev/null", corpus).CpuSeconds);
        }
        return new BenchRow("blocks", "cpu", ours / gigabytes, "s/GB", theirs / gigabytes, ours / theirs, "<= 1.5", "<= 1");
    }

    /// <summary>CPU of this process, all threads, between lines that lie parsed in memory and encoded blocks.</summary>
    private static double EncodeSeconds(string corpus)
    {
        using var builder = new BlockBuilder();
        using var encoded = new ByteWriter(Limits.PacketRawBytesTarget);
        double seconds = 0;
        foreach (LineBatch batch in new LogLines(corpus, host: null).Batches())
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < batch.Lines.Count; i++)
            {
                builder.Add(batch[i]);
                if (builder.RawBytes < Limits.PacketRawBytesTarget)
                    continue;
                encoded.Reset();
                builder.Encode(encoded, Level);
                builder.Reset();
            }
            seconds += (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        }
        return seconds;
    }

    private static IEnumerable<BenchRow> Bytes(LogLines lines, string suffix)
    {
        (long raw, long blocks, long pieces) = BlockBytes(lines);
        yield return new BenchRow("blocks", "bytes" + suffix, blocks / (double)raw, "", pieces / (double)raw, blocks / (double)pieces, "<= 1", "<= 0.75");
        yield return new BenchRow("blocks", "bytes-10-lines" + suffix, PacketBytesPerRaw(lines, 10), "", null, null, "<= 0.6", null);
        yield return new BenchRow("blocks", "bytes-2-lines" + suffix, PacketBytesPerRaw(lines, 2), "", null, null, null, null);
        yield return new BenchRow("blocks", "bytes-1-line" + suffix, PacketBytesPerRaw(lines, 1), "", null, null, null, null);
    }

    /// <summary>Raw bytes, bytes of blocks, and bytes of the same pieces by zstd.</summary>
    private static (long Raw, long Blocks, long Pieces) BlockBytes(LogLines lines)
    {
        using var builder = new BlockBuilder();
        using var encoded = new ByteWriter(Limits.PacketRawBytesTarget);
        using var piece = new ByteWriter(Limits.PacketRawBytesTarget + Limits.EventBytesMax);
        var compressed = new byte[Zstd.CompressBound(Limits.PacketRawBytesTarget + Limits.EventBytesMax)];
        long raw = 0, blocks = 0, pieces = 0;
        foreach (LineBatch batch in lines.Batches())
        {
            for (int i = 0; i < batch.Lines.Count; i++)
            {
                builder.Add(batch[i]);
                piece.Raw(batch[i].Bytes);
                if (builder.RawBytes >= Limits.PacketRawBytesTarget)
                    Finish();
            }
        }
        if (builder.Count > 0)
            Finish();
        return (raw, blocks, pieces);

        void Finish()
        {
            encoded.Reset();
            builder.Encode(encoded, Level);
            int packed = Zstd.Compress(piece.Written, compressed, Level);
            if (pieces == 0)
                CheckProgramAgrees(piece.Written, packed);
            raw += piece.Length;
            blocks += encoded.Length;
            pieces += packed;
            builder.Reset();
            piece.Reset();
        }
    }

    /// <summary>The library stands for the program: of a file's first piece both must make the same, but for the program's checksum.</summary>
    private static void CheckProgramAgrees(ReadOnlySpan<byte> piece, int packed)
    {
        const int ChecksumBytes = 4;
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["piece"], piece);
        string printed = ToolRun.Of("zstd -1 -q -c \"$1\" | wc -c", directory["piece"]).Output.Trim();
        if (printed != $"{packed + ChecksumBytes}")
            throw new InvalidOperationException($"zstd -1 makes {printed} bytes of a piece, the library {packed} and {ChecksumBytes} of checksum: they are of different versions, compare with neither");
    }

    /// <summary>Whole frames of packets of so many consecutive lines, by their raw bytes.</summary>
    private static double PacketBytesPerRaw(LogLines lines, int count)
    {
        using var packets = new PacketMaker(lines.Path);
        long total = new FileInfo(lines.Path).Length;
        long step = total / SmallPacketsMax;
        long raw = 0, framed = 0, next = 0;
        foreach (LineBatch batch in lines.Batches())
        {
            for (int i = 0; i < batch.Lines.Count; i++)
            {
                if (packets.IsEmpty && (long)batch.Lines[i].Offset < next)
                    continue;
                if (packets.IsEmpty)
                    next += step;
                packets.Add(batch[i]);
                if (packets.Count < count)
                    continue;
                raw += packets.RawBytes;
                framed += packets.Seal().Frame.Length;
            }
        }
        return framed / (double)raw;
    }
}
