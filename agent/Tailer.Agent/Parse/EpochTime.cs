using System.Buffers;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their number of digits.</summary>
internal static class EpochTime
{
    private static readonly SearchValues<byte> Ends = SearchValues.Create(" \t|,;:]})\"\r\n"u8);

    /// <summary>
    /// 10, 13, 16 or 19 digits with or without a fraction (of the seconds), from 2001-09-09 (when they became ten) to 2033.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> line, int at, out ulong time, out int end)
    {
        time = 0;
        end = 0;
        var s = new LineScanner(line, at);
        int digits = s.CountDigits(20);
        if (digits is not (10 or 13 or 16 or 19) || s.Next is not (byte)'1')
            return false;
        ulong number = (ulong)s.Number(digits);
        ulong value = digits switch
        {
            10 => number * LogTime.PerSecond,
            13 => number * LogTime.PerMillisecond,
            16 => number * 100,
            _ => number / 10,
        };
        if (digits == 10 && s.Next is (byte)'.' or (byte)',' && LineScanner.IsDigit(s.At(1)))
        {
            s.Position++;
            value += s.Fraction();
        }
        if (!s.AtEnd && !Ends.Contains(s.Next))
            return false;
        time = value;
        end = s.Position;
        return true;
    }

    /// <summary>True after <c>ts=</c>, <c>"time":</c> and the like, where a number is a time wherever it stands.</summary>
    public static bool IsKeyed(ReadOnlySpan<byte> line, int at)
    {
        ReadOnlySpan<byte> before = line[..at].TrimEnd(" \""u8);
        if (before.IsEmpty || before[^1] is not ((byte)'=' or (byte)':'))
            return false;
        before = before[..^1].TrimEnd(" \""u8);
        return before.EndsWith("ts"u8) || before.EndsWith("time"u8) || before.EndsWith("timestamp"u8) || before.EndsWith("Timestamp"u8) || before.EndsWith("Time"u8);
    }
}
