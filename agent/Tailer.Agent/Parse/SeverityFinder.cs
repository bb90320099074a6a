using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Finds the severity a line states. Words in capitals count anywhere in the line's head; small ones, which messages also use,
/// only where a level stands: in brackets, after <c>level=</c>, or before a colon.
/// </summary>
internal static class SeverityFinder
{
    /// <summary>A level stands soon after the time; a word further right is part of the message.</summary>
    private const int SearchBytes = 96;

    private const int WordBytesMax = 11;

    private static readonly ulong[] LevelStarts = MakeLevelStarts();

    /// <summary>Severity in the part of the line that follows its time (or from its start if it has none).</summary>
    [SkipLocalsInit]
    public static Severity Find(ReadOnlySpan<byte> rest)
    {
        int length = Math.Min(rest.Length, SearchBytes);
        // Letters are found 64 bytes at a time; what lies behind the head is no letter, and no word is read past it.
        Span<byte> padded = stackalloc byte[2 * Vector512<byte>.Count + sizeof(uint)];
        rest[..length].CopyTo(padded);
        padded[length..].Clear();
        ReadOnlySpan<byte> head = padded[..length];
        ref byte origin = ref MemoryMarshal.GetReference(padded);
        ulong before = 0;
        for (int chunk = 0; chunk < length; chunk += Vector512<byte>.Count)
        {
            ulong letters = LettersAt(ref Unsafe.Add(ref origin, chunk));
            ulong starts = letters & ~(letters << 1 | before);
            before = letters >> (Vector512<byte>.Count - 1);
            for (; starts != 0; starts &= starts - 1)
            {
                int start = chunk + BitOperations.TrailingZeroCount(starts);
                uint firstBytes = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref origin, start)) & 0xFFFFFF | 0x202020;
                if ((LevelStarts[StartHash(firstBytes) >> 6] >> (int)(StartHash(firstBytes) & 63) & 1) != 0 && TryWord(head, start) is var severity and not Severity.Unknown)
                    return severity;
            }
        }
        return Severity.Unknown;
    }

    /// <summary>The severity of the word that starts here, where it is a level.</summary>
    private static Severity TryWord(ReadOnlySpan<byte> head, int start)
    {
        int end = start + 3;
        while (end < head.Length && LineScanner.IsLetter(head[end]))
            end++;
        ReadOnlySpan<byte> word = head[start..Math.Min(end, head.Length)];
        if (word.Length is < 3 or > WordBytesMax)
            return Severity.Unknown;
        Severity severity = OfWord(word, out bool capitals);
        return severity != Severity.Unknown && IsLevel(head, start, end, capitals) ? severity : Severity.Unknown;
    }

    /// <summary>Whether a level's name stands where a level does.</summary>
    internal static bool IsLevel(ReadOnlySpan<byte> head, int start, int end, bool capitals) => capitals ? !IsNamePart(head, start, end) : IsLevelPlace(head, start, end);

    /// <summary>One bit a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LettersAt(ref byte from)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> all = Vector512.LoadUnsafe(ref from);
            return Vector512.LessThan((all | Vector512.Create((byte)0x20)) - Vector512.Create((byte)'a'), Vector512.Create((byte)26)).ExtractMostSignificantBits();
        }
        return LettersOfHalf(ref from) | (ulong)LettersOfHalf(ref Unsafe.Add(ref from, Vector256<byte>.Count)) << 32;
    }

    private static uint LettersOfHalf(ref byte from)
    {
        Vector256<byte> all = Vector256.LoadUnsafe(ref from);
        return Vector256.LessThan((all | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)26)).ExtractMostSignificantBits();
    }

    /// <summary>
    /// A set of how words for levels begin, by their first three letters; few other words begin so, and those are looked at closer.
    /// </summary>
    private static ulong[] MakeLevelStarts()
    {
        var set = new ulong[4];
        foreach (string word in (ReadOnlySpan<string>)["inf", "err", "eme", "war", "wrn", "deb", "dbg", "tra", "trc", "ver", "not", "cri", "fat", "ftl", "fin", "sev", "ale", "pan"])
        {
            uint hash = StartHash((uint)(word[0] | word[1] << 8 | word[2] << 16));
            set[hash >> 6] |= 1UL << (int)(hash & 63);
        }
        return set;
    }

    /// <summary>0 to 255.</summary>
    private static uint StartHash(uint firstThree) => (firstThree * 0x9E3779B1) >> 24;

    /// <summary>The severity half of a syslog priority (RFC 5424, 6.2.1) at the start of the line.</summary>
    public static bool TryPriority(ReadOnlySpan<byte> line, out Severity severity)
    {
        severity = Severity.Unknown;
        if (line.IsEmpty || line[0] != '<')
            return false;
        var s = new LineScanner(line, 1);
        int digits = s.CountDigits(4);
        if (digits is 0 or 4)
            return false;
        long priority = s.Number(digits);
        if (s.Next != '>' || priority > 191)
            return false;
        severity = (Severity)((priority & 7) + 1);
        return true;
    }

    public static Severity OfKlog(byte letter) => letter switch
    {
        (byte)'I' => Severity.Info,
        (byte)'W' => Severity.Warning,
        (byte)'E' => Severity.Error,
        (byte)'F' => Severity.Critical,
        _ => Severity.Unknown,
    };

    /// <summary>Severity of a word in any case; <paramref name="capitals"/> when it is all capitals.</summary>
    public static Severity OfWord(ReadOnlySpan<byte> word, out bool capitals)
    {
        capitals = false;
        if (word.Length is < 3 or > WordBytesMax)
            return Severity.Unknown;
        Span<byte> lower = stackalloc byte[WordBytesMax];
        bool allCapitals = true;
        for (int i = 0; i < word.Length; i++)
        {
            lower[i] = (byte)(word[i] | 0x20);
            allCapitals &= lower[i] != word[i];
        }
        capitals = allCapitals;
        return OfLower(lower[..word.Length]);
    }

    private static Severity OfLower(ReadOnlySpan<byte> word) => word[0] switch
    {
        (byte)'i' => word.SequenceEqual("info"u8) || word.SequenceEqual("inf"u8) || word.SequenceEqual("information"u8) ? Severity.Info : Severity.Unknown,
        (byte)'e' => word.SequenceEqual("error"u8) || word.SequenceEqual("err"u8) ? Severity.Error
            : word.SequenceEqual("emerg"u8) || word.SequenceEqual("emergency"u8) ? Severity.Emergency : Severity.Unknown,
        (byte)'w' => word.SequenceEqual("warn"u8) || word.SequenceEqual("warning"u8) || word.SequenceEqual("wrn"u8) ? Severity.Warning : Severity.Unknown,
        (byte)'d' => word.SequenceEqual("debug"u8) || word.SequenceEqual("dbg"u8) ? Severity.Debug : Severity.Unknown,
        (byte)'t' => word.SequenceEqual("trace"u8) || word.SequenceEqual("trc"u8) ? Severity.Trace : Severity.Unknown,
        (byte)'v' => word.SequenceEqual("verbose"u8) ? Severity.Trace : Severity.Unknown,
        (byte)'n' => word.SequenceEqual("notice"u8) ? Severity.Notice : Severity.Unknown,
        (byte)'c' => word.SequenceEqual("critical"u8) || word.SequenceEqual("crit"u8) ? Severity.Critical : Severity.Unknown,
        (byte)'f' => word.SequenceEqual("fatal"u8) || word.SequenceEqual("ftl"u8) ? Severity.Critical
            : word.SequenceEqual("finest"u8) ? Severity.Trace
            : word.SequenceEqual("fine"u8) || word.SequenceEqual("finer"u8) ? Severity.Debug : Severity.Unknown,
        (byte)'s' => word.SequenceEqual("severe"u8) ? Severity.Error : Severity.Unknown,
        (byte)'a' => word.SequenceEqual("alert"u8) ? Severity.Alert : Severity.Unknown,
        (byte)'p' => word.SequenceEqual("panic"u8) ? Severity.Emergency : Severity.Unknown,
        _ => Severity.Unknown,
    };

    /// <summary>Part of a longer name such as <c>LOG_ERROR_CODE</c> or <c>android.intent.INFO</c>: not a level.</summary>
    private static bool IsNamePart(ReadOnlySpan<byte> head, int start, int end) =>
        (start > 0 && head[start - 1] is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'$')
        || (end < head.Length && head[end] is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'$');

    private static bool IsLevelPlace(ReadOnlySpan<byte> head, int start, int end)
    {
        byte after = end < head.Length ? head[end] : (byte)' ';
        byte before = start > 0 ? head[start - 1] : (byte)' ';
        if (before == '[' && after == ']' || before == '<' && after == '>' || before == '(' && after == ')')
            return true;
        // nginx and the like: "[error]" has been seen; Apache 2.4 writes "[core:error]".
        if (before == ':' && after == ']')
            return true;
        if (after == ':' && before is (byte)' ' or (byte)'[')
            return true;
        ReadOnlySpan<byte> key = head[..start].TrimEnd(" \""u8);
        if (key.IsEmpty || key[^1] is not ((byte)'=' or (byte)':'))
            return false;
        key = key[..^1].TrimEnd(" \""u8);
        return key.EndsWith("level"u8) || key.EndsWith("lvl"u8) || key.EndsWith("severity"u8) || key.EndsWith("Level"u8) || key.EndsWith("LogLevel"u8) || key.EndsWith("@l"u8);
    }
}
