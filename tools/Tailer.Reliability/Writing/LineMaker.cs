using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tailer.Blocks;

namespace Tailer.Reliability;

/// <summary>
/// Makes numbered lines of <see cref="Bytes"/> bytes each, the CRC-32C of all before it at the end, by filling fields of a pattern in place: so a number tells
/// where its line must be, and a line proves itself. Not thread-safe.
/// </summary>
internal sealed class LineMaker
{
    private static readonly byte[] Pattern = "2026-11-22T10:00:00.000000Z INFO shop[471]: n=0000000000 order 000000 by 00000 took 000 ms c=00000000\n"u8.ToArray();
    private static readonly int NumberAt = Pattern.AsSpan().IndexOf("n="u8) + 2;
    private static readonly int OrderAt = Pattern.AsSpan().IndexOf("order "u8) + 6;
    private static readonly int CustomerAt = Pattern.AsSpan().IndexOf("by "u8) + 3;
    private static readonly int TookAt = Pattern.AsSpan().IndexOf("took "u8) + 5;
    private static readonly int CheckAt = Pattern.AsSpan().IndexOf("c="u8) + 2;
    private const int StampBytes = 26;
    private const int NumberDigits = 10;
    private const int CheckDigits = 8;

    private readonly byte[] stamp = new byte[StampBytes];
    private uint random = 20261122;

    /// <summary>Length of every line, its end included.</summary>
    public static int Bytes => Pattern.Length;

    /// <summary>The time that lines carry from now on.</summary>
    public void SetTime(DateTimeOffset time) =>
        Encoding.ASCII.GetBytes(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture), stamp);

    /// <summary>Writes line number <paramref name="number"/> into exactly <see cref="Bytes"/> bytes.</summary>
    public void Write(long number, Span<byte> line)
    {
        Pattern.CopyTo(line);
        stamp.CopyTo(line);
        random = (random * 1664525) + 1013904223;
        Digits(line.Slice(NumberAt, NumberDigits), number);
        Digits(line.Slice(OrderAt, 6), random >> 8);
        Digits(line.Slice(CustomerAt, 5), random >> 12);
        Digits(line.Slice(TookAt, 3), random >> 4);
        Utf8Formatter.TryFormat(Crc32C.Compute(line[..CheckAt]), line.Slice(CheckAt, CheckDigits), out _, new System.Buffers.StandardFormat('x', CheckDigits));
    }

    /// <summary>The number of a whole line whose checksum is right; null for anything else.</summary>
    public static long? NumberOf(ReadOnlySpan<byte> line) =>
        line.Length == Bytes && line[^1] == '\n'
        && Utf8Parser.TryParse(line.Slice(CheckAt, CheckDigits), out uint check, out int used, 'x') && used == CheckDigits
        && check == Crc32C.Compute(line[..CheckAt])
        && Utf8Parser.TryParse(line.Slice(NumberAt, NumberDigits), out long number, out used) && used == NumberDigits
            ? number
            : null;

    /// <summary>The last digits of a value.</summary>
    private static void Digits(Span<byte> into, long value)
    {
        for (int i = into.Length - 1; i >= 0; i--)
        {
            into[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
