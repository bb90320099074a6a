using System.Text;

namespace Tailer.Wire;

/// <summary>Values that must fit a field.</summary>
internal static class WireText
{
    /// <summary>The text, cut at a character so that its UTF-8 is at most this many bytes.</summary>
    public static string Cut(string text, int bytesMax)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytesMax)
            return text;
        int bytes = 0, chars = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > bytesMax)
                break;
            chars += rune.Utf16SequenceLength;
        }
        return text[..chars];
    }

    public static uint Milliseconds(TimeSpan span) => (uint)Math.Clamp(span.TotalMilliseconds, 0, uint.MaxValue);

    /// <summary>For names and queries, where cutting would change the meaning.</summary>
    public static string Within(string text, int bytesMax, string name) =>
        Encoding.UTF8.GetByteCount(text) <= bytesMax
            ? text
            : throw new ArgumentException($"{name} is longer than {bytesMax} bytes", name);
}
