using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Finds the time a line states, at its start or within its first bytes. Which forms are known: docs/operating.md, "Times".
/// Pure: the same line, reference and zone give the same time.
/// </summary>
internal static class TimeFinder
{
    /// <summary>A time that starts further right is part of the message, not of the line's head.</summary>
    public const int SearchBytes = 80;

    /// <summary>Finds the first time; <paramref name="at"/> tells where it stands, <paramref name="end"/> where it ends.</summary>
    public static bool TryFind(ReadOnlySpan<byte> line, ulong reference, ZoneClock zone, out ulong time, out int at, out int end) =>
        TryFind(line, reference, zone, out time, out at, out end, out _);

    /// <summary>The same; <paramref name="isImpossible"/> when something of the form of a time was there that no calendar has.</summary>
    public static bool TryFind(ReadOnlySpan<byte> line, ulong reference, ZoneClock zone, out ulong time, out int at, out int end, out bool isImpossible)
    {
        isImpossible = false;
        int from = PriorityLength(line);
        if (TryHead(line, from, reference, zone, out time, out end, ref isImpossible))
        {
            at = from;
            return true;
        }
        int limit = Math.Min(line.Length - 8, SearchBytes);
        bool boundary = true;
        for (at = from; at < limit; at++)
        {
            byte b = line[at];
            bool digit = LineScanner.IsDigit(b);
            bool letter = LineScanner.IsLetter(b);
            if (boundary && (digit || letter) && TryAnywhere(line, at, reference, zone, out time, out end, ref isImpossible))
                return true;
            boundary = !digit && !letter;
        }
        time = 0;
        end = 0;
        return false;
    }

    /// <summary>Bytes of a syslog priority such as <c>&lt;34&gt;</c> or <c>&lt;34&gt;1 </c> (RFC 5424) at the start; 0 if there is none.</summary>
    private static int PriorityLength(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != '<')
            return 0;
        var s = new LineScanner(line, 1);
        int digits = s.CountDigits(3);
        s.Position += digits;
        if (digits == 0 || !s.Skip((byte)'>'))
            return 0;
        if (s.Next == '1' && s.At(1) == ' ')
            s.Position += 2;
        return s.Position;
    }

    /// <summary>Forms that are taken for a time only at the very start of a line: elsewhere they are just numbers.</summary>
    private static bool TryHead(ReadOnlySpan<byte> line, int from, ulong reference, ZoneClock zone, out ulong time, out int end, ref bool isImpossible)
    {
        time = 0;
        end = 0;
        if (line.Length - from < 8)
            return false;
        var s = new LineScanner(line, from);
        var civil = default(CivilTime);
        bool found;
        if (LineScanner.IsDigit(s.Next))
        {
            if (EpochTime.TryRead(line, from, out time, out end))
                return true;
            found = s.At(2) == '-' ? TimeForms.TryMonthDay(ref s, ref civil) : TimeForms.TryHadoop(ref s, ref civil);
        }
        else
        {
            found = s.Next == '[' ? TimeForms.TryMonthDot(ref s, ref civil) : TimeForms.TryKlog(ref s, ref civil);
        }
        return found && Finish(civil, s.Position, reference, zone, out time, out end, ref isImpossible);
    }

    private static bool TryAnywhere(ReadOnlySpan<byte> line, int at, ulong reference, ZoneClock zone, out ulong time, out int end, ref bool isImpossible)
    {
        var s = new LineScanner(line, at);
        var civil = default(CivilTime);
        bool found;
        if (LineScanner.IsDigit(s.Next))
        {
            if (EpochTime.IsKeyed(line, at) && EpochTime.TryRead(line, at, out time, out end))
                return true;
            found = TimeForms.TryNumeric(ref s, ref civil);
        }
        else
        {
            found = TimeForms.TryNamed(ref s, ref civil);
        }
        if (found)
            return Finish(civil, s.Position, reference, zone, out time, out end, ref isImpossible);
        time = 0;
        end = 0;
        return false;
    }

    private static bool Finish(CivilTime civil, int position, ulong reference, ZoneClock zone, out ulong time, out int end, ref bool isImpossible)
    {
        end = position;
        time = civil.IsPossible ? civil.ToLogTime(reference, zone) : 0;
        isImpossible |= time == 0;
        return time != 0;
    }
}
