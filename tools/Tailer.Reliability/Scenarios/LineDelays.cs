using System.Buffers.Text;

namespace Tailer.Reliability;

/// <summary>
/// From the time that stands in each line to its first arrival at any reader, by the line's number. A line's time is that of the millisecond in which it
/// was written. Thread-safe.
/// </summary>
internal sealed class LineDelays(long linesMax)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly byte[] NumberMark = "n="u8.ToArray();
    private const int NumberDigits = 10;
    private const int TimeAt = 11, TimeBytes = 15;

    private readonly Lock gate = new();
    private readonly float[] milliseconds = new float[linesMax];

    /// <summary>Lines that came at all.</summary>
    public long Arrived { get; private set; }

    /// <summary>Lines that some reader was told it did not get, added up over readers.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes whole lines of the writer, and notices of drops, that arrived now.</summary>
    public void Take(ReadOnlySpan<byte> lines, DateTimeOffset now)
    {
        lock (gate)
        {
            while (lines.IndexOf((byte)'\n') is >= 0 and int end)
            {
                TakeLine(lines[..end], now.TimeOfDay);
                lines = lines[(end + 1)..];
            }
        }
    }

    /// <summary>How many of the lines from a number to another came, and after how many ms the middle one, the last of 99 % and the last.</summary>
    public (long Came, double P50, double P99, double Max) Of(long from, long to)
    {
        lock (gate)
        {
            float[] came = [.. milliseconds.AsSpan((int)from, (int)(to - from)).ToArray().Where(ms => ms > 0).Order()];
            return came.Length == 0 ? (0, double.NaN, double.NaN, double.NaN) : (came.Length, came[came.Length / 2], came[(int)(came.Length * 0.99)], came[^1]);
        }
    }

    private void TakeLine(ReadOnlySpan<byte> line, TimeSpan now)
    {
        int mark = line.IndexOf(NumberMark);
        if (mark < 0 || !Utf8Parser.TryParse(line.Slice(mark + NumberMark.Length, NumberDigits), out long number, out _))
        {
            if (line.StartsWith("# tailer: dropped "u8) && Utf8Parser.TryParse(line["# tailer: dropped ".Length..], out long dropped, out _))
                Dropped += dropped;
            return;
        }
        if (number >= milliseconds.Length || milliseconds[number] > 0 || !Utf8Parser.TryParse(line.Slice(TimeAt, TimeBytes), out TimeSpan written, out _, 'c'))
            return;
        TimeSpan delay = now - written;
        milliseconds[number] = (float)Math.Max(0.001, (delay < TimeSpan.Zero ? delay + Day : delay).TotalMilliseconds);
        Arrived++;
    }
}
