using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Cuts UTF-16 into lines and parts as <see cref="LineSplitter"/> cuts bytes, at units of the source's own alignment: a byte 0A that is
/// half of another character ends nothing, and neither a unit nor a surrogate pair is cut in two.
/// </summary>
internal static class Utf16Lines
{
    /// <summary>False when the bytes, which begin at <paramref name="position"/> of the source, hold neither a whole line nor a full part.</summary>
    public static bool TryNext(ReadOnlySpan<byte> bytes, ulong position, bool bigEndian, out int length, out bool isPart)
    {
        ReadOnlySpan<byte> window = bytes.Length > Limits.EventBytesMax ? bytes[..Limits.EventBytesMax] : bytes;
        isPart = false;
        int at = 0;
        while (window[at..].IndexOf((byte)'\n') is >= 0 and int next)
        {
            at += next;
            bool isFirst = ((position + (ulong)at) & 1) == 0;
            if (!bigEndian && isFirst && at + 1 < window.Length && window[at + 1] == 0)
            {
                length = at + 2;
                return true;
            }
            at++;
            if (bigEndian && !isFirst && at > 1 && window[at - 2] == 0)
            {
                length = at;
                return true;
            }
        }
        isPart = true;
        length = window.Length == Limits.EventBytesMax ? WholeUnits(window, position, bigEndian) : 0;
        return length > 0;
    }

    /// <summary>How many of the bytes can be sent without cutting a unit or a surrogate pair.</summary>
    public static int WholeUnits(ReadOnlySpan<byte> bytes, ulong position, bool bigEndian)
    {
        int whole = bytes.Length - (int)((position + (ulong)bytes.Length) & 1);
        if (whole < 2)
            return whole;
        byte high = bytes[bigEndian ? whole - 2 : whole - 1];
        return (high & 0xFC) == 0xD8 ? whole - 2 : whole;
    }
}
