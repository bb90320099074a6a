using System.Globalization;
using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Lines of one source that its limit keeps out at present, and the record that stands in their place: at the first one's offset,
/// and no longer than all together, so that it is in nobody else's place.
/// </summary>
internal sealed class Suppression
{
    /// <summary>The longest text, in UTF-16.</summary>
    private const int RecordBytesMax = 512;

    private readonly byte[] record = new byte[RecordBytesMax];

    public long Lines { get; private set; }

    public ulong From { get; private set; }

    public ulong To { get; private set; }

    /// <summary>Time of the last line kept out.</summary>
    public ulong Time { get; private set; }

    public string? Host { get; private set; }

    public string? App { get; private set; }

    public void Add(ulong offset, int bytes, ulong time, in LineFacts facts, bool isNewLine)
    {
        if (Lines == 0)
            From = offset;
        Lines += isNewLine ? 1 : 0;
        To = offset + (ulong)bytes;
        Time = time;
        Host = facts.Host;
        App = facts.App;
    }

    public void Clear() => Lines = 0;

    /// <summary>The record as the source's view reads it; cut where the lines were shorter than it is.</summary>
    public ReadOnlySpan<byte> Record(SourceView view, int rate)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"suppressed {Lines} lines, bytes {From}..{To}: more than {rate} lines a second\n");
        Encoding encoding = view switch
        {
            SourceView.Utf16Le => Encoding.Unicode,
            SourceView.Utf16Be => Encoding.BigEndianUnicode,
            _ => Encoding.ASCII,
        };
        int unit = encoding == Encoding.ASCII ? 1 : 2;
        int written = encoding.GetBytes(text, record);
        int room = (int)Math.Min(To - From, RecordBytesMax) / unit * unit;
        if (written <= room)
            return record.AsSpan(0, written);
        // Shorter than its text: what fits, with the line end.
        record.AsSpan(written - unit, unit).CopyTo(record.AsSpan(Math.Max(0, room - unit)));
        return record.AsSpan(0, room);
    }
}
