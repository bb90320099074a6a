namespace Tailer.Blocks;

/// <summary>
/// The static text of templates in a block: bytes with <see cref="Slot"/> where a variable goes and <see cref="End"/> at the
/// end; where the line itself has such bytes, <see cref="Literal"/> goes before them.
/// </summary>
internal static class TemplateText
{
    public const byte End = 0, Slot = 1, Literal = 2;

    public static void Append(ByteWriter to, ReadOnlySpan<byte> text)
    {
        while (text.IndexOfAnyInRange(End, Literal) is >= 0 and int at)
        {
            to.Raw(text[..at]);
            to.U8(Literal);
            to.U8(text[at]);
            text = text[(at + 1)..];
        }
        to.Raw(text);
    }

    /// <summary>How many bytes from the start on are text as it is.</summary>
    public static int PlainLength(ReadOnlySpan<byte> text)
    {
        int code = text.IndexOfAnyInRange(End, Literal);
        return code < 0 ? text.Length : code;
    }
}
