using System.Buffers;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>What stands between a syslog time and the message: host, application, process id (RFC 3164, 4.1.3; RFC 5424, 6.2).</summary>
internal static class SyslogHeader
{
    /// <summary>RFC 3164 allows 32 bytes for a tag, RFC 5424 48 for a name; longer ones in the field are not tags.</summary>
    private const int AppBytesMax = 48;

    private static readonly SearchValues<byte> HostBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:%[]"u8);

    /// <summary>
    /// Reads <c> host app[pid]:</c> after the time. False when what stands there is not of that shape.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> app, out uint pid, out int length)
    {
        host = default;
        app = default;
        pid = 0;
        length = 0;
        if (rest.IsEmpty || rest[0] != ' ')
            return false;
        int hostBytes = rest[1..].IndexOf((byte)' ');
        if (hostBytes <= 0 || rest[1] is (byte)'[' or (byte)'-' || rest[hostBytes] is (byte)':' or (byte)']'
            || SeverityFinder.OfWord(rest.Slice(1, hostBytes), out _) != Severity.Unknown)
            return false;
        int tag = hostBytes + 2;
        int end = tag;
        while (end < rest.Length && end - tag <= AppBytesMax && IsTagByte(rest[end]))
            end++;
        if (end == tag || end - tag > AppBytesMax || end == rest.Length)
            return false;
        app = rest[tag..end];
        host = HostOf(rest.Slice(1, hostBytes));
        if (rest[end] == ':')
        {
            length = end + 1;
            return true;
        }
        var s = new LineScanner(rest, end);
        if (!s.Skip((byte)'['))
            return false;
        int digits = s.CountDigits(10);
        if (digits is 0 or 10)
            return false;
        pid = (uint)s.Number(digits);
        if (!s.Skip((byte)']'))
            return false;
        s.Skip((byte)':');
        length = s.Position;
        return true;
    }

    /// <summary>Reads <c> host app pid msgid</c> after the time of an RFC 5424 line; a dash means "none".</summary>
    public static bool TryReadNew(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> app, out uint pid, out int length)
    {
        host = default;
        app = default;
        pid = 0;
        length = 0;
        var s = new LineScanner(rest, 0);
        if (!TryField(rest, ref s, out host) || !TryField(rest, ref s, out app) || !TryField(rest, ref s, out ReadOnlySpan<byte> process))
            return false;
        host = HostOf(host);
        if (app is [(byte)'-'] || app.Length > AppBytesMax)
            app = default;
        if (!System.Buffers.Text.Utf8Parser.TryParse(process, out pid, out int read) || read != process.Length)
            pid = 0;
        length = s.Position;
        return true;
    }

    /// <summary>Empty when it cannot be a host's name or address.</summary>
    private static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> name) =>
        name.Length <= Limits.NameBytesMax && name is not [(byte)'-'] && !name.ContainsAnyExcept(HostBytes) ? name : default;

    private static bool TryField(ReadOnlySpan<byte> rest, scoped ref LineScanner s, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (!s.Skip((byte)' '))
            return false;
        int length = rest[s.Position..].IndexOf((byte)' ');
        if (length <= 0)
            return false;
        field = rest.Slice(s.Position, length);
        s.Position += length;
        return true;
    }

    private static bool IsTagByte(byte b) => LineScanner.IsLetter(b) || LineScanner.IsDigit(b) || b is (byte)'.' or (byte)'_' or (byte)'-' or (byte)'/' or (byte)'(' or (byte)')' or (byte)'@';
}
