using System.Text;

namespace Tailer.Blocks;

/// <summary>A column of names: a dictionary in order of first use, then runs of its indexes.</summary>
internal sealed class TextColumn : IDisposable
{
    private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);
    private readonly List<string> texts = [];
    private readonly RunColumn runs = new();
    private string? lastText;
    private int lastIndex;
    private int textBytes;

    /// <summary>Bytes it takes so far, but for a few.</summary>
    public int Bytes => textBytes + runs.Bytes;

    /// <summary>The index of a text, for <see cref="Add"/>. Throws when no reader would take the text.</summary>
    public int IndexOf(string text)
    {
        if (ReferenceEquals(text, lastText))
            return lastIndex;
        if (!indexes.TryGetValue(text, out int index))
        {
            int bytes = Encoding.UTF8.GetByteCount(text);
            if (bytes > Limits.NameBytesMax)
                throw new ArgumentException($"a host or app has at most {Limits.NameBytesMax} bytes of UTF-8, this one {bytes}: {text[..40]}...", nameof(text));
            index = texts.Count;
            indexes.Add(text, index);
            texts.Add(text);
            textBytes += bytes + 2;
        }
        lastText = text;
        return lastIndex = index;
    }

    public void Add(int index) => runs.Add((ulong)index);

    public void WriteTo(ByteWriter to)
    {
        to.Varint((ulong)texts.Count);
        foreach (string text in texts)
            to.Text(text);
        runs.WriteTo(to);
    }

    public void Reset()
    {
        indexes.Clear();
        texts.Clear();
        runs.Reset();
        lastText = null;
        textBytes = 0;
    }

    public void Dispose() => runs.Dispose();

    /// <summary>Reads the dictionary and an index into it per event; null when damaged.</summary>
    public static string[]? TryRead(ref SpanReader r, Span<ulong> indexes)
    {
        // Each text takes a byte at least, so a count beyond what is left is refused before memory is rented.
        int count = r.Count(Math.Min(indexes.Length, r.Remaining));
        var texts = new string[count];
        for (int i = 0; i < count; i++)
            texts[i] = r.Text(Limits.NameBytesMax);
        return !r.Failed && count > 0 && RunColumn.TryRead(ref r, indexes, (ulong)count - 1) ? texts : null;
    }
}
