using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>
/// A line that no memory should hold, and a file that is no text at all, through agent, bucks, porter, archive and the command line. Each must come
/// back to the same SHA-256, and no process may take memory with the file.
/// </summary>
internal static class HugeFileTrials
{
    /// <summary>Of every process, whatever the file's size; the agent's is promised.</summary>
    private const long AgentPeakMax = 120_000_000;

    /// <summary>Of all others: the porter's merge of 256 MiB of raw bytes and what is left of the one before, answers of 64 MiB (docs/limits.md).</summary>
    private const long OthersPeakMax = 1_000_000_000;

    /// <summary>
    /// Before the porter joins the recent segments of ten minutes of the clock, which takes memory beside all else: what is written this long before is
    /// in segments by then, and not all of it in the archive.
    /// </summary>
    private static readonly TimeSpan BeforeJoin = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan JoinEvery = TimeSpan.FromMinutes(10);

    private const string Needle = "needle-in-the-middle-7f3a";

    /// <summary>Lines about as long as an event, a packet, one of a backlog, a frame, a sealed block and a block's body may be, their end included.</summary>
    private static readonly int[] AwkwardLengths =
    [
        .. Around(Limits.EventBytesMax), .. Around(2 * Limits.EventBytesMax), .. Around(Limits.PacketRawBytesTarget), .. Around(Limits.PacketRawBytesBehind), .. Around(Limits.FrameBytesMax),
        Limits.SegmentBlockRawBytes + 1, Limits.BlockBodyBytesMax + 1,
    ];

    public static Task<TrialOutcome> Line(ScenarioSize size) => Run("a line of " + Size(size), size, WriteLine, Needle);

    public static Task<TrialOutcome> Nuls(ScenarioSize size) => Run("a file of " + Size(size) + " of NULs", size, WriteNuls, needle: null);

    private static int[] Around(int bytes) => [bytes - 1, bytes, bytes + 1];

    private static long BytesOf(ScenarioSize size) => size == ScenarioSize.Full ? 1_000_000_000 : 80_000_000;

    private static string Size(ScenarioSize size) => size == ScenarioSize.Full ? "1 GB" : "80 MB";

    private static async Task<TrialOutcome> Run(string what, ScenarioSize size, Func<Stream, long, string> write, string? needle)
    {
        await using TailerRun run = await TailerRun.Start();
        await using HugeFileReaders readers = await HugeFileReaders.Start(run.Cluster);
        if (size == ScenarioSize.Full)
            await Task.Delay(UntilBeforeJoin(TimeProvider.System.GetUtcNow()));
        long start = Stopwatch.GetTimestamp();
        long bytes;
        string sha256;
        await using (FileStream file = new(run.Log, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20))
        {
            sha256 = write(file, BytesOf(size));
            bytes = file.Length;
        }
        var broken = new List<string>();
        bool isArchived = await run.ArchiveHolds(bytes, TimeSpan.FromMinutes(10));
        TimeSpan archived = Stopwatch.GetElapsedTime(start);
        using var back = new PieceHashes([bytes]);
        ProcessResult cat = await TailerProcess.RunInto(
            back, "tailer", ["cat", "--host", run.Cluster.Host, "--path", run.Log, "--config", run.Cluster.CliConfig], timeout: TimeSpan.FromMinutes(10));
        bool isSame = cat.ExitCode == 0 && back.Surplus == 0 && back.Hashes is [{ } hash] && hash == sha256;
        AuditAnswer audit = await AuditAnswer.Ask(run.Cluster);
        await readers.Look(needle, broken);
        long buck = run.Cluster.Bucks.Max(b => b.PeakBytes);
        Promise(isArchived, "not all of it is in the archive", broken);
        Promise(isSame, $"tailer cat gave something else: exit {cat.ExitCode}, {cat.Errors}", broken);
        Promise(audit.Complete, $"the audit is not complete: {audit.Text}", broken);
        Promise(run.Cluster.Agent.PeakBytes <= AgentPeakMax, "the agent's memory grew", broken);
        long[] others = [buck, run.Cluster.Porter.PeakBytes, cat.PeakBytes, readers.ArchiePeakBytes, readers.SearchPeakBytes];
        Promise(others.Max() <= OthersPeakMax, "the memory of another process grew", broken);
        string came = string.Create(CultureInfo.InvariantCulture,
            $"{(isSame ? "the same SHA-256" : "another SHA-256")}, audit {(audit.Complete ? "complete" : "not complete")}, archived after {archived.TotalSeconds:0} s; memory at most, MB: agent {Mb(run.Cluster.Agent.PeakBytes)}, bucks {Mb(buck)}, porter {Mb(run.Cluster.Porter.PeakBytes)}, `tailer cat` {Mb(cat.PeakBytes)}, archie {Mb(readers.ArchiePeakBytes)}, `tailer search` {Mb(readers.SearchPeakBytes)}; {readers.TailedBytes / 1e6:0} MB came over `/tail`");
        return new TrialOutcome(what, came, broken);
    }

    private static TimeSpan UntilBeforeJoin(DateTimeOffset now) =>
        TimeSpan.FromTicks((TimeSpan.FromDays(1) - BeforeJoin + JoinEvery - now.TimeOfDay).Ticks % JoinEvery.Ticks);

    private static void Promise(bool isKept, string otherwise, List<string> broken)
    {
        if (!isKept)
            broken.Add(otherwise);
    }

    private static string Mb(long bytes) => (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>Words and numbers, as a program that forgets its line ends would write them, with something to find in the middle. Returns the SHA-256.</summary>
    private static string WriteLine(Stream to, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Put(to, hash, "2026-11-22T10:00:00Z INFO the line before\n"u8);
        var random = new Random(7);
        byte[] piece = new byte[100_000];
        foreach (int length in AwkwardLengths)
        {
            for (int at = 0; at < length - 1; at += piece.Length)
            {
                Fill(piece, random);
                Put(to, hash, piece.AsSpan(0, Math.Min(piece.Length, length - 1 - at)));
            }
            Put(to, hash, "\n"u8);
        }
        long left = bytes - 1;
        bool hasNeedle = false;
        while (left > 0)
        {
            int length = (int)Math.Min(left, piece.Length);
            Fill(piece, random);
            if (!hasNeedle && left <= bytes / 2 && length > Needle.Length + 2)
            {
                System.Text.Encoding.ASCII.GetBytes($" {Needle} ", piece.AsSpan());
                hasNeedle = true;
            }
            Put(to, hash, piece.AsSpan(0, length));
            left -= length;
        }
        Put(to, hash, "\n2026-11-22T10:00:01Z INFO the line behind\n"u8);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static string WriteNuls(Stream to, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[1 << 20];
        for (long left = bytes; left > 0; left -= piece.Length)
            Put(to, hash, piece.AsSpan(0, (int)Math.Min(left, piece.Length)));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static void Fill(byte[] piece, Random random)
    {
        for (int at = 0; at < piece.Length;)
        {
            ReadOnlySpan<byte> text = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"user={random.Next(1_000_000)} took={random.Next(10_000)}us state=open "));
            text = text[..Math.Min(text.Length, piece.Length - at)];
            text.CopyTo(piece.AsSpan(at));
            at += text.Length;
        }
    }

    private static void Put(Stream to, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes);
        hash.AppendData(bytes);
    }
}
