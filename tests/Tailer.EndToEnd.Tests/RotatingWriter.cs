using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tailer.EndToEnd.Tests;

/// <summary>
/// Writes numbered lines at a steady rate into <c>app.log</c> and renames it away every now and then, as logrotate does. It knows
/// what it wrote: how many lines, and the hash of every byte over all rotations.
/// </summary>
internal sealed class RotatingWriter(string directory, int linesPerSecond, TimeSpan rotateEvery) : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileStream? file;
    private readonly Random random = new(20261122);
    private readonly List<string> rotated = [];

    public string Path => System.IO.Path.Combine(directory, "app.log");

    public long Lines { get; private set; }

    public long Bytes { get; private set; }

    public int Rotations => rotated.Count;

    /// <summary>SHA-256 of everything written, in order, as lower-case hex.</summary>
    public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>Writes until that many lines are written and <paramref name="enough"/> says so.</summary>
    public async Task Run(long linesMin, Func<bool> enough, CancellationToken stop)
    {
        Open();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        TimeSpan nextRotation = rotateEvery;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var batch = new StringBuilder();
        while (Lines < linesMin || !enough())
        {
            long due = (long)(clock.Elapsed.TotalSeconds * linesPerSecond);
            while (Lines < due)
            {
                batch.Clear();
                for (int i = 0; i < 100 && Lines < due; i++)
                    AppendLine(batch);
                Write(Encoding.UTF8.GetBytes(batch.ToString()));
            }
            if (clock.Elapsed >= nextRotation)
            {
                Rotate();
                nextRotation = clock.Elapsed + rotateEvery;
            }
            await timer.WaitForNextTickAsync(stop);
        }
        file!.Dispose();
    }

    /// <summary>The number a line of ours carries, or null.</summary>
    public static long? NumberOf(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOf("line="u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(line[(at + 5)..], out long number, out _) ? number : null;
    }

    public void Dispose()
    {
        file?.Dispose();
        hash.Dispose();
    }

    private void AppendLine(StringBuilder to)
    {
        string severity = random.Next(20) switch { 0 => "ERROR", 1 or 2 => "WARN", _ => "INFO" };
        to.Append(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'} {severity} orders[4711]: line={Lines} order {random.Next(1_000_000)} for customer {random.Next(5000)} took {random.Next(900)} ms");
        to.Append(random.Next(10) == 0 ? "\r\n" : "\n");
        Lines++;
    }

    private void Write(byte[] bytes)
    {
        hash.AppendData(bytes);
        Bytes += bytes.Length;
        // Sometimes in two writes, so that readers see a line half written.
        int cut = random.Next(bytes.Length);
        file!.Write(bytes.AsSpan(0, cut));
        file.Write(bytes.AsSpan(cut));
    }

    private void Rotate()
    {
        file!.Dispose();
        string to = string.Create(CultureInfo.InvariantCulture, $"{Path}.{rotated.Count + 1:D4}");
        File.Move(Path, to);
        rotated.Add(to);
        Open();
    }

    private void Open() => file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
