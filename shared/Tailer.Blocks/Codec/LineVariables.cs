namespace Tailer.Blocks;

/// <summary>
/// Where the variables of a line are, as blocks cut it (docs/formats/block.md, "Tokenizer 1"): to show a template to people. Not
/// thread-safe.
/// </summary>
public sealed class LineVariables
{
    private readonly LineTokenizer tokenizer = new();
    private byte[] padded = [];

    /// <summary>Start and length of each variable of the text, ascending.</summary>
    public IReadOnlyList<(int Start, int Length)> Find(ReadOnlySpan<byte> text)
    {
        if (padded.Length < text.Length + BlockEvents.TextSlackBytes)
            padded = new byte[text.Length + BlockEvents.TextSlackBytes];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Clear();
        tokenizer.Reset();
        tokenizer.Read(padded, 0, text.Length);
        var found = new (int, int)[tokenizer.Count];
        for (int i = 0; i < found.Length; i++)
            found[i] = (tokenizer.Slots[i].Start, tokenizer.Slots[i].Length);
        return found;
    }
}
