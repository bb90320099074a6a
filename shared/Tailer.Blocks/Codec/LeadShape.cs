namespace Tailer.Blocks;

/// <summary>
/// The bytes of a lead's shape: literal text, and codes for what the event's columns already say. Codes are below
/// <see cref="Literal"/>; a literal byte that small follows a <see cref="Literal"/> code.
/// </summary>
internal static class LeadShape
{
    public const byte Time = 1, Host = 2, App = 3, Pid = 4, Literal = 5;

    /// <summary>Leads are looked for in this many bytes after the time; longer syslog headers are text like any other.</summary>
    public const int SearchBytesMax = 320;

    /// <summary>A shape in which every byte had to be escaped, with names of the greatest length.</summary>
    public const int BytesMax = 2048;

    public static void Append(ByteWriter to, ReadOnlySpan<byte> literal)
    {
        foreach (byte b in literal)
        {
            if (b <= Literal)
                to.U8(Literal);
            to.U8(b);
        }
    }

    /// <summary>
    /// Whether a place is inside a run of letters and digits. No part of a lead ends there, so that search can look for such runs in leads,
    /// in static text and in variables, each for itself. The Z of UTC stands alone.
    /// </summary>
    public static bool Cuts(ReadOnlySpan<byte> line, int at) =>
        at > 0 && at < line.Length && char.IsAsciiLetterOrDigit((char)line[at - 1]) && char.IsAsciiLetterOrDigit((char)line[at])
        && !(line[at] == 'Z' && char.IsAsciiDigit((char)line[at - 1]) && (at + 1 == line.Length || !char.IsAsciiLetterOrDigit((char)line[at + 1])));

    /// <summary>True when no code occurs twice, a time just where there is a format for it, and no literal is cut off.</summary>
    public static bool IsShape(ReadOnlySpan<byte> shape, bool hasFormat)
    {
        int seen = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            byte b = shape[i];
            if (b > Literal)
                continue;
            if (b == Literal)
            {
                if (++i == shape.Length)
                    return false;
                continue;
            }
            if (b == 0 || (seen & 1 << b) != 0)
                return false;
            seen |= 1 << b;
        }
        return (seen & 1 << Time) != 0 == hasFormat;
    }
}
