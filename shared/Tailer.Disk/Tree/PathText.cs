using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Tailer.Disk;

/// <summary>
/// Names of files are bytes; here they are text. A byte that is no UTF-8 is <c>\xE9</c> in it, with capital digits; a backslash that would
/// look like the beginning of such is <c>\x5C</c>. Every name has one text, and every text leads back to the name's bytes.
/// </summary>
public static class PathText
{
    /// <summary>The longest path the system takes, with the zero behind it (PATH_MAX).</summary>
    public const int PathBytesMax = 4096;

    private const int EscapeLength = 4;

    public static string FromBytes(ReadOnlySpan<byte> name) =>
        Utf8.IsValid(name) && name.IndexOf(@"\x"u8) < 0 ? Encoding.UTF8.GetString(name) : Escape(name);

    /// <summary>Writes the path's bytes with a zero behind them; false when they are more than fit, or have a zero among them.</summary>
    public static bool TryToBytes(ReadOnlySpan<char> path, Span<byte> into)
    {
        if (!Encoding.UTF8.TryGetBytes(path, into, out int length) || length == into.Length || into[..length].Contains((byte)0))
            return false;
        if (path.IndexOf(@"\x") >= 0)
            length = Unescape(into[..length]);
        into[length] = 0;
        return true;
    }

    private static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length * 2);
        Span<char> rune = stackalloc char[2];
        while (!name.IsEmpty)
        {
            bool isRune = Rune.DecodeFromUtf8(name, out Rune next, out int bytes) == OperationStatus.Done;
            if (isRune && !TryReadEscape(name, out _))
                text.Append(rune[..next.EncodeToUtf16(rune)]);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{name[0]:X2}");
            // Of a sequence that is cut or wrong every byte stands for itself.
            name = name[(isRune ? bytes : 1)..];
        }
        return text.ToString();
    }

    private static int Unescape(Span<byte> path)
    {
        int from = 0, to = 0;
        while (from < path.Length)
        {
            bool isEscape = TryReadEscape(path[from..], out byte value);
            path[to++] = isEscape ? value : path[from];
            from += isEscape ? EscapeLength : 1;
        }
        return to;
    }

    /// <summary>Only what <see cref="Escape"/> makes: a byte from 80 on, or a backslash.</summary>
    private static bool TryReadEscape(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < EscapeLength || text[0] != '\\' || text[1] != 'x')
            return false;
        int high = Digit(text[2]), low = Digit(text[3]);
        if (high < 0 || low < 0)
            return false;
        value = (byte)((high << 4) | low);
        return value is >= 0x80 or (byte)'\\';
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
