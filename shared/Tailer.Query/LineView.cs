using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>
/// Reads an event's bytes as its source's view says: the UTF-8 text that queries match and people see, without the line
/// end. Bytes that do not look like what the view promises are read as they are. Not thread-safe; the text stays valid
/// until the next call.
/// </summary>
public sealed class LineView
{
    private byte[] buffer = [];
    private int length;

    /// <summary>What every line of Docker's json-file driver begins with; then the text, escaped, up to the next quotation mark.</summary>
    public static ReadOnlySpan<byte> DockerStart => "{\"log\":\""u8;

    public ReadOnlySpan<byte> Read(SourceView view, ReadOnlySpan<byte> bytes) => Event.WithoutLineEnd(view switch
    {
        SourceView.Utf16Le => ReadUtf16(bytes, bigEndian: false),
        SourceView.Utf16Be => ReadUtf16(bytes, bigEndian: true),
        SourceView.DockerJson => ReadDockerJson(bytes),
        SourceView.Cri => ReadCri(bytes),
        _ => bytes,
    });

    /// <summary>True when a text that is in the view's text is in the event's bytes too, so that bytes may be searched first.</summary>
    public static bool KeepsBytes(SourceView view) => view is not (SourceView.Utf16Le or SourceView.Utf16Be or SourceView.DockerJson);

    /// <summary>A byte order mark is not text; half a character at the end reads as U+FFFD.</summary>
    private ReadOnlySpan<byte> ReadUtf16(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        int count = (bytes.Length + 1) / 2;
        char[] chars = ArrayPool<char>.Shared.Rent(count + 1);
        for (int i = 0; i < bytes.Length / 2; i++)
            chars[i] = (char)(bigEndian ? bytes[2 * i] << 8 | bytes[2 * i + 1] : bytes[2 * i + 1] << 8 | bytes[2 * i]);
        if (bytes.Length % 2 == 1)
            chars[count - 1] = '\uFFFD';
        int skip = count > 0 && chars[0] == '\uFEFF' ? 1 : 0;
        Reserve(count * 3);
        Utf8.FromUtf16(chars.AsSpan(skip, count - skip), buffer, out _, out length, replaceInvalidSequences: true);
        ArrayPool<char>.Shared.Return(chars);
        return buffer.AsSpan(0, length);
    }

    /// <summary>Docker's json-file driver writes one object a line, <c>log</c> first: the text, escaped, with its own line end.</summary>
    private ReadOnlySpan<byte> ReadDockerJson(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(DockerStart))
            return bytes;
        Reserve(bytes.Length);
        length = 0;
        ReadOnlySpan<byte> rest = bytes[DockerStart.Length..];
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (plain < 0)
                plain = rest.Length;
            Append(rest[..plain]);
            rest = rest[plain..];
            if (rest.Length < 2 || rest[0] == '"')
                break;
            rest = rest[Unescape(rest)..];
        }
        return buffer.AsSpan(0, length);
    }

    /// <summary>Kubernetes' CRI format: time, stream, tags (P or F first), text.</summary>
    private static ReadOnlySpan<byte> ReadCri(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        for (int field = 0; field < 3; field++)
        {
            int blank = rest.IndexOf((byte)' ');
            if (blank < 0 || (field == 2 && (blank == 0 || rest[0] is not ((byte)'P' or (byte)'F'))))
                return bytes;
            rest = rest[(blank + 1)..];
        }
        return rest;
    }

    /// <summary>Appends what the escape at the start stands for and gives its length. No escape is shorter than its text.</summary>
    private int Unescape(ReadOnlySpan<byte> text)
    {
        int single = "\"\\/bfnrt"u8.IndexOf(text[1]);
        if (single >= 0)
        {
            buffer[length++] = "\"\\/\b\f\n\r\t"u8[single];
            return 2;
        }
        if (!TryHex(text, out char unit))
        {
            Append(text[..2]);
            return 2;
        }
        if (char.IsHighSurrogate(unit) && TryHex(text[6..], out char low) && char.IsLowSurrogate(low))
        {
            length += new Rune(unit, low).EncodeToUtf8(buffer.AsSpan(length));
            return 12;
        }
        Rune rune = Rune.TryCreate(unit, out Rune valid) ? valid : Rune.ReplacementChar;
        length += rune.EncodeToUtf8(buffer.AsSpan(length));
        return 6;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out char unit)
    {
        unit = '\0';
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u')
            return false;
        bool parsed = ushort.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value);
        unit = (char)value;
        return parsed;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (buffer.Length < bytes)
            buffer = new byte[Math.Max(bytes, 1024)];
    }
}
