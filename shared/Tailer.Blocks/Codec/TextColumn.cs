namespace Tailer.Blocks;

/// <summary>A column of names: a dictionary in order of first use, then runs of its indexes.</summary>
internal sealed class TextColumn : IDisposable
{
    private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);
    private readonly List<string> texts = [];
    private readonly RunColumn runs = new();
    private string? lastText;
    private int lastIndex;

    public void Add(string text)
    {
        if (!ReferenceEquals(text, lastText))
        {
            if (!indexes.TryGetValue(text, out lastIndex))
            {
                lastIndex = texts.Count;
                indexes.Add(text, lastIndex);
                texts.Add(text);
            }
            lastText = text;
        }
        runs.Add((ulong)lastIndex);
    }

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
    }

    public void Dispose() => runs.Dispose();

    /// <summary>Reads the dictionary and an index into it per event; null when damaged.</summary>
    public static string[]? TryRead(ref SpanReader r, Span<ulong> indexes)
    {
        int count = r.Count(indexes.Length);
        var texts = new string[count];
        for (int i = 0; i < count; i++)
            texts[i] = r.Text(Limits.NameBytesMax);
        if (r.Failed || !RunColumn.TryRead(ref r, indexes))
            return null;
        foreach (ulong index in indexes)
        {
            if (index >= (ulong)count)
                return null;
        }
        return texts;
    }
}
