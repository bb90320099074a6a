using System.Text;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>
/// The characters of a line as its view reads it, without the line end, each with the place of its bytes. Bytes that are no text are
/// U+FFFD. Not thread-safe; one buffer for all lines.
/// </summary>
internal sealed class ViewedText
{
    private readonly LineView view = new();
    private char[] chars = [];
    private int[] starts = [];
    private int count;
    private bool isPlain;

    public ReadOnlySpan<char> Chars => chars.AsSpan(0, count);

    /// <summary>Where the character's bytes begin in the line; of the end, where the last one's bytes end.</summary>
    public int ByteAt(int index) => isPlain ? index : starts[index];

    public void Read(SourceView of, ReadOnlySpan<byte> bytes)
    {
        if (chars.Length < bytes.Length)
        {
            chars = new char[Math.Max(bytes.Length, 1024)];
            starts = new int[chars.Length + 1];
        }
        count = 0;
        isPlain = false;
        switch (of)
        {
            case SourceView.Utf16Le or SourceView.Utf16Be:
                ReadUtf16(bytes, of == SourceView.Utf16Be);
                break;
            case SourceView.DockerJson when bytes.StartsWith(LineView.DockerStart):
                ReadDocker(bytes);
                break;
            case SourceView.Cri:
                ReadOnlySpan<byte> text = view.Read(of, bytes);
                bytes.Overlaps(text, out int prefix);
                ReadUtf8(text, prefix);
                break;
            default:
                ReadUtf8(Event.WithoutLineEnd(bytes), 0);
                break;
        }
    }

    private void ReadUtf8(ReadOnlySpan<byte> bytes, int at)
    {
        if (at == 0 && Ascii.IsValid(bytes))
        {
            count = Encoding.Latin1.GetChars(bytes, chars);
            isPlain = true;
            return;
        }
        while (!bytes.IsEmpty)
        {
            Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
            AddRune(rune, at, length);
            bytes = bytes[length..];
            at += length;
        }
        starts[count] = at;
    }

    private void ReadUtf16(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        count = bytes.Length / 2;
        for (int i = 0; i < count; i++)
        {
            chars[i] = (char)(bigEndian ? bytes[2 * i] << 8 | bytes[2 * i + 1] : bytes[2 * i + 1] << 8 | bytes[2 * i]);
            starts[i] = 2 * i;
        }
        if (count > 0 && chars[count - 1] == '\n')
            count--;
        if (count > 0 && chars[count - 1] == '\r')
            count--;
        starts[count] = 2 * count;
    }

    /// <summary>The text of Docker's JSON, as <see cref="LineView"/> reads it; an escape is one character of several bytes.</summary>
    private void ReadDocker(ReadOnlySpan<byte> bytes)
    {
        int at = LineView.DockerStart.Length;
        while (at < bytes.Length && bytes[at] != '"')
        {
            if (bytes[at] != '\\' || at + 1 >= bytes.Length)
            {
                Rune.DecodeFromUtf8(bytes[at..], out Rune rune, out int length);
                AddRune(rune, at, length);
                at += length;
                continue;
            }
            int escape = bytes[at + 1] == 'u' && at + 6 <= bytes.Length ? 6 : 2;
            chars[count] = escape == 6
                ? ushort.TryParse(bytes.Slice(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort unit) ? (char)unit : '\uFFFD'
                : bytes[at + 1] switch { (byte)'n' => '\n', (byte)'t' => '\t', (byte)'r' => '\r', (byte)'b' => '\b', (byte)'f' => '\f', byte other => (char)other };
            starts[count++] = at;
            at += escape;
        }
        starts[count] = Math.Min(at, bytes.Length);
        while (count > 0 && chars[count - 1] is '\n' or '\r')
            count--;
    }

    private void AddRune(Rune rune, int at, int length)
    {
        starts[count] = at;
        if (!rune.IsBmp)
        {
            rune.EncodeToUtf16(chars.AsSpan(count));
            // Half a character is never hidden alone.
            starts[++count] = at + length;
            count++;
            return;
        }
        chars[count++] = (char)rune.Value;
    }
}
