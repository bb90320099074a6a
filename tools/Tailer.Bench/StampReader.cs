using System.Globalization;
using System.Text;
using Tailer.Blocks;

namespace Tailer.Bench;

/// <summary>
/// Reads the time at the begin of a line, for the few forms the corpus and the samples have; a line without inherits the time of the
/// one before. Not thread-safe.
/// </summary>
internal sealed class StampReader
{
    /// <summary>Where a form has no year.</summary>
    private const string Year = "2026 ";

    private static readonly (int Bytes, string Format, bool HasYear)[] Forms =
    [
        (27, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", true),
        (23, "yyyy-MM-dd HH:mm:ss,fff", true),
        (26, "'['ddd MMM dd HH:mm:ss yyyy']'", true),
        (13, "yyMMdd HHmmss", true),
        (21, "yyyyMMdd-HH:mm:ss:fff", true),
        (15, "yyyy MMM dd HH:mm:ss", false),
        (15, "yyyy MMM  d HH:mm:ss", false),
        (16, "yyyy '['MM.dd HH:mm:ss']'", false),
    ];

    private int latest;
    private ulong time = LogTime.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The line's time, in <see cref="LogTime"/> units; 0 bytes when it is inherited. The form that fitted last is tried first.</summary>
    public ulong Read(ReadOnlySpan<byte> head, out int stampBytes)
    {
        for (int i = 0; i < Forms.Length; i++)
        {
            int form = (latest + i) % Forms.Length;
            stampBytes = Forms[form].Bytes;
            if (stampBytes > head.Length || !TryRead(head[..stampBytes], form, out DateTimeOffset read))
                continue;
            latest = form;
            return time = LogTime.From(read);
        }
        stampBytes = 0;
        return time;
    }

    private static bool TryRead(ReadOnlySpan<byte> stamp, int form, out DateTimeOffset read)
    {
        Span<char> chars = stackalloc char[64];
        int start = Forms[form].HasYear ? 0 : Year.Length;
        Year.AsSpan(0, start).CopyTo(chars);
        int length = start + Encoding.Latin1.GetChars(stamp, chars[start..]);
        return DateTimeOffset.TryParseExact(
            chars[..length], Forms[form].Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out read);
    }
}
