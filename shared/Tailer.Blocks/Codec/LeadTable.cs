using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Tailer.Blocks;

/// <summary>
/// Finds the leads of lines: the time as the event's column has it, and a syslog header naming its host, app and pid. A
/// <em>stream</em> is an event key with one form of lead; its lines begin alike but for the time. Deterministic: what
/// is found depends on the block's events alone.
/// </summary>
internal sealed class LeadTable : IDisposable
{
    /// <summary>Forms of lead for one key; lines of further forms have none.</summary>
    private const int VariantsMax = 8;

    /// <summary>Lines of a key in which a lead is looked for in vain before it is given up, so that logs without times cost nothing.</summary>
    private const int AttemptsMax = 16;

    private readonly List<LeadStream> streams = [];
    private readonly List<TimeFormat> formats = [];
    private readonly ByteWriter shape = new();
    private KeyState[] keys = [];
    private byte[][] appNames = [];
    private byte[][] hostNames = [];

    public IReadOnlyList<LeadStream> Streams => streams;

    public IReadOnlyList<TimeFormat> Formats => formats;

    public void Start(BlockEvents events)
    {
        streams.Clear();
        formats.Clear();
        if (keys.Length < events.Keys.Length)
            keys = new KeyState[events.Keys.Length * 2];
        Array.Fill(keys, new KeyState(-1, -1, 0, 0), 0, events.Keys.Length);
        hostNames = [.. events.Hosts.Names.Select(Encoding.UTF8.GetBytes)];
        appNames = [.. events.Apps.Names.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>
    /// The stream of an event, and how many bytes of its line its lead is. The line must be readable for
    /// <see cref="BlockEvents.TextSlackBytes"/> behind its end.
    /// </summary>
    public int StreamOf(BlockEvents events, int i, ReadOnlySpan<byte> line, out int leadBytes)
    {
        ref KeyState key = ref keys[events.KeyOf(i)];
        ulong time = events.Time(i);
        Span<LeadStream> all = CollectionsMarshal.AsSpan(streams);
        for (int s = key.FirstStream; s >= 0; s = all[s].Next)
        {
            if (all[s].TryMatch(line, time, out leadBytes))
                return s;
        }
        leadBytes = 0;
        if (key.Variants < VariantsMax && key.Attempts < AttemptsMax && line.Length >= 8)
        {
            key.Attempts++;
            // A stream without events would have no place in the order of first use.
            if (Learn(events, i, line) is { } learned && learned.TryMatch(line, time, out leadBytes))
            {
                key.Attempts = 0;
                key.Variants++;
                learned.Next = key.FirstStream;
                key.FirstStream = streams.Count;
                streams.Add(learned);
                return streams.Count - 1;
            }
        }
        return PlainStream(ref key, events.KeyOf(i), out leadBytes);
    }

    private int PlainStream(ref KeyState key, int keyIndex, out int leadBytes)
    {
        leadBytes = 0;
        if (key.PlainStream < 0)
        {
            key.PlainStream = streams.Count;
            streams.Add(new LeadStream(keyIndex, -1, null, [], [], []));
        }
        return key.PlainStream;
    }

    public void Dispose() => shape.Dispose();

    private LeadStream? Learn(BlockEvents events, int i, ReadOnlySpan<byte> line)
    {
        int at = line[0] switch { (byte)'[' => 1, (byte)'<' => AfterPriority(line), _ => 0 };
        int format = FindFormat(line, at, events.Time(i));
        int timeEnd = at + (format < 0 ? 0 : formats[format].Write(events.Time(i)).Length);
        EventKey key = events.Keys[events.KeyOf(i)];
        int end = HeaderEnd(line, timeEnd, appNames[key.App], key.Pid, out int appAt);
        if (format < 0 && end == timeEnd)
            return null;
        if (format < 0)
            at = timeEnd = 0;
        shape.Reset();
        LeadShape.Append(shape, line[..at]);
        if (format >= 0)
            shape.U8(LeadShape.Time);
        if (end > timeEnd)
            AppendHeader(line[timeEnd..end], appAt - timeEnd, hostNames[key.Host], appNames[key.App], key.Pid);
        return new LeadStream(
            events.KeyOf(i), format, format < 0 ? null : formats[format], shape.Written.ToArray(), line[..at].ToArray(), line[timeEnd..end].ToArray());
    }

    /// <summary>The header as a shape: names and the pid become codes.</summary>
    private void AppendHeader(ReadOnlySpan<byte> header, int appAt, byte[] host, byte[] app, uint pid)
    {
        int hostAt = host.Length == 0 ? -1 : header[..appAt].IndexOf(host);
        if (hostAt >= 0)
        {
            LeadShape.Append(shape, header[..hostAt]);
            shape.U8(LeadShape.Host);
            LeadShape.Append(shape, header[(hostAt + host.Length)..appAt]);
        }
        else
            LeadShape.Append(shape, header[..appAt]);
        shape.U8(LeadShape.App);
        ReadOnlySpan<byte> rest = header[(appAt + app.Length)..];
        Span<byte> digits = stackalloc byte[10];
        pid.TryFormat(digits, out int count, provider: CultureInfo.InvariantCulture);
        if (rest.Length > count && rest[0] == '[' && rest[1..].StartsWith(digits[..count]))
        {
            shape.U8((byte)'[');
            shape.U8(LeadShape.Pid);
            rest = rest[(count + 1)..];
        }
        LeadShape.Append(shape, rest);
    }

    /// <summary>Where a syslog header <c>... app[pid]: </c> ends; <paramref name="from"/> when there is none.</summary>
    private static int HeaderEnd(ReadOnlySpan<byte> line, int from, byte[] app, uint pid, out int appAt)
    {
        appAt = from;
        if (app.Length == 0)
            return from;
        ReadOnlySpan<byte> window = line[from..Math.Min(line.Length, from + LeadShape.SearchBytesMax)];
        int found = window.IndexOf(app);
        if (found < 0)
            return from;
        appAt = from + found;
        int end = found + app.Length;
        if (end < window.Length && window[end] == '[')
        {
            int close = window[end..].IndexOf((byte)']');
            if (close < 0 || close > 12)
                return from;
            end += close + 1;
        }
        if (end < window.Length && window[end] == ':')
            end++;
        if (end < window.Length && window[end] == ' ')
            end++;
        return from + end;
    }

    private int FindFormat(ReadOnlySpan<byte> line, int at, ulong time)
    {
        for (int f = 0; f < formats.Count; f++)
        {
            ReadOnlySpan<byte> written = formats[f].Write(time);
            if (!written.IsEmpty && line[at..].StartsWith(written) && !LeadShape.Cuts(line, at + written.Length))
                return f;
        }
        if (TimePatterns.Find(line, at, time) is not { } found)
            return -1;
        formats.Add(found);
        return formats.Count - 1;
    }

    /// <summary>After <c>&lt;34&gt;</c> and the version <c>1 </c> of RFC 5424 where it follows.</summary>
    private static int AfterPriority(ReadOnlySpan<byte> line)
    {
        int close = line[..6].IndexOf((byte)'>');
        if (close < 0)
            return 0;
        return line[(close + 1)..].StartsWith("1 "u8) ? close + 3 : close + 1;
    }

    private record struct KeyState(int FirstStream, int PlainStream, int Variants, int Attempts);
}
