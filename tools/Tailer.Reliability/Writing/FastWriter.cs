using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tailer.Reliability;

/// <summary>
/// Writes numbered lines at a pace into a file, in steps of about a millisecond, rotates it, and notes of each incarnation what was
/// in it. One thread; 300,000 lines/s take a third of a core.
/// </summary>
internal sealed class FastWriter(WriterOptions options) : IDisposable
{
    /// <summary>At most so many lines by one write(2): 100 KiB.</summary>
    private const int BatchLinesMax = 1024;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly byte[] batch = new byte[BatchLinesMax * LineMaker.Bytes];
    private readonly LineMaker maker = new();
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly StreamWriter report = new(options.Report);
    private LogFile file = new(options.Log);
    private long lines;
    private long first;
    private int rotations;
    private volatile bool stopping;

    /// <summary>Is the writer process: until all lines are written, or SIGTERM.</summary>
    public static int Serve(WriterOptions options)
    {
        using var writer = new FastWriter(options);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            writer.stopping = true;
        });
        writer.Run();
        return 0;
    }

    public void Dispose()
    {
        file.Dispose();
        report.Dispose();
        hash.Dispose();
    }

    private void Run()
    {
        long start = Stopwatch.GetTimestamp();
        while (lines < options.Lines && !stopping)
        {
            maker.SetTime(TimeProvider.System.GetUtcNow());
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            long due = Math.Min(options.Lines, options.Burst?.Due(seconds, options.LinesPerSecond) ?? (long)(seconds * options.LinesPerSecond));
            while (lines < due && !stopping)
                WriteBatch((int)Math.Min(Math.Min(due - lines, BatchLinesMax), first + options.RotateLines - lines));
            Thread.Sleep(Tick);
        }
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (lines > first)
            Note();
        report.WriteLine(JsonSerializer.Serialize(new WriterEnd(lines, took), ReportJson.Default.WriterEnd));
    }

    private void WriteBatch(int count)
    {
        Span<byte> bytes = batch.AsSpan(0, count * LineMaker.Bytes);
        for (int i = 0; i < count; i++)
            maker.Write(lines + i, bytes.Slice(i * LineMaker.Bytes, LineMaker.Bytes));
        file.Write(bytes);
        hash.AppendData(bytes);
        lines += count;
        // The last file stays as it is, so that its lines are nowhere else.
        if (lines == first + options.RotateLines && lines < options.Lines)
            Rotate();
    }

    private void Rotate()
    {
        Note();
        rotations++;
        if (options.Kind == RotationKind.CopyTruncate)
        {
            Shift();
            File.Copy(options.Log, options.Log + ".1");
            file.Truncate();
            return;
        }
        if (options.Kind == RotationKind.Shifted)
            Shift();
        File.Move(options.Log, options.Log + (options.Kind == RotationKind.Shifted ? ".1" : string.Create(CultureInfo.InvariantCulture, $".{rotations:D6}")));
        file.Dispose();
        file = new LogFile(options.Log);
    }

    /// <summary>Makes room for <c>.1</c>; the oldest goes.</summary>
    private void Shift()
    {
        for (int i = Math.Min(options.Keep, rotations) - 1; i >= 1; i--)
        {
            string from = string.Create(CultureInfo.InvariantCulture, $"{options.Log}.{i}");
            if (File.Exists(from))
                File.Move(from, string.Create(CultureInfo.InvariantCulture, $"{options.Log}.{i + 1}"), overwrite: true);
        }
        if (options.Keep == 1)
            File.Delete(options.Log + ".1");
    }

    private void Note()
    {
        var written = new Incarnation(first, lines - first, Convert.ToHexStringLower(hash.GetHashAndReset()), file.Device, file.Inode, file.BirthNs);
        report.WriteLine(JsonSerializer.Serialize(written, ReportJson.Default.Incarnation));
        first = lines;
    }
}
