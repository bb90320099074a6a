using System.Buffers.Binary;
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

    private const int WordBytesMin = 3;
    private const int WordBytesMax = 11;

    /// <summary>The bit that makes a letter a small one, in each byte.</summary>
    private const ulong SmallLetters = 0x2020202020202020;

    /// <summary>The first eight letters of longer words, the first in the lowest byte.</summary>
    private const ulong Emergenc = 0x636E656772656D65, Informat = 0x74616D726F666E69;

    /// <summary>Readable behind the head: the vectors of its last bytes and the two behind them, and a whole word of eight.</summary>
    private const int SlackBytes = 8;

    /// <summary>Severity in the part of the line that follows its time (or from its start if it has none).</summary>
    [SkipLocalsInit]
    public static Severity Find(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= SearchBytes + SlackBytes)
            return FindIn(rest[..SearchBytes]);
        Span<byte> padded = stackalloc byte[SearchBytes + SlackBytes];
        int length = Math.Min(rest.Length, SearchBytes);
        rest[..length].CopyTo(padded);
        padded[length..].Clear();
        return FindIn(padded[..length]);
    }

    /// <summary>In a line's head, which is readable for <see cref="SlackBytes"/> behind <see cref="SearchBytes"/>.</summary>
    private static Severity FindIn(ReadOnlySpan<byte> head)
    {
        ref byte origin = ref MemoryMarshal.GetReference(head);
        for (int chunk = 0; chunk < head.Length; chunk += Vector256<byte>.Count)
        {
            // What is found behind the head is none of its words.
            uint starts = WordStart.At(ref Unsafe.Add(ref origin, chunk));
            for (; starts != 0; starts &= starts - 1)
            {
                int start = chunk + BitOperations.TrailingZeroCount(starts);
                if (start + WordBytesMin <= head.Length && (start == 0 || !LineScanner.IsLetter(head[start - 1])) && TryWord(head, start) is var severity and not Severity.Unknown)
                    return severity;
            }
        }
        return Severity.Unknown;
    }

    /// <summary>The severity of the word that starts here, where it is a level.</summary>
    private static Severity TryWord(ReadOnlySpan<byte> head, int start)
    {
        int end = start + WordBytesMin;
        while (end < head.Length && LineScanner.IsLetter(head[end]))
            end++;
        if (end - start > WordBytesMax)
            return Severity.Unknown;
        Severity severity = OfWord(head[start..end], out bool capitals);
        return severity != Severity.Unknown && IsLevel(head, start, end, capitals) ? severity : Severity.Unknown;
    }

    /// <summary>Whether a level's name stands where a level does.</summary>
    internal static bool IsLevel(ReadOnlySpan<byte> head, int start, int end, bool capitals) => capitals ? !IsNamePart(head, start, end) : IsLevelPlace(head, start, end);

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
        if (word.Length is < WordBytesMin or > WordBytesMax)
            return Severity.Unknown;
        int head = Math.Min(word.Length, sizeof(ulong));
        ulong first = Packed(word[..head]), rest = Packed(word[head..]);
        ulong letters = SmallLetters >> (8 * (sizeof(ulong) - head));
        ulong restLetters = SmallLetters & ((1UL << (8 * (word.Length - head))) - 1);
        capitals = (first & letters | rest & restLetters) == 0;
        return (rest | restLetters) switch
        {
            0 => OfLower(first | letters),
            'y' when (first | letters) == Emergenc => Severity.Emergency,
            'i' | 'o' << 8 | 'n' << 16 when (first | letters) == Informat => Severity.Info,
            _ => Severity.Unknown,
        };
    }

    /// <summary>Up to eight bytes, the first in the lowest.</summary>
    private static ulong Packed(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => 0,
        >= sizeof(uint) => BinaryPrimitives.ReadUInt32LittleEndian(bytes) | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) << (8 * (bytes.Length - sizeof(uint))),
        _ => bytes[0] | (ulong)bytes[bytes.Length / 2] << (8 * (bytes.Length / 2)) | (ulong)bytes[^1] << (8 * (bytes.Length - 1)),
    };

    /// <summary>A word of up to eight small letters, the first in the lowest byte.</summary>
    private static Severity OfLower(ulong word) => word switch
    {
        0x666E69 /* inf */ or 0x6F666E69 /* info */ => Severity.Info,
        0x727265 /* err */ or 0x726F727265 /* error */ or 0x657265766573 /* severe */ => Severity.Error,
        0x6772656D65 /* emerg */ or 0x63696E6170 /* panic */ => Severity.Emergency,
        0x6E726177 /* warn */ or 0x676E696E726177 /* warning */ or 0x6E7277 /* wrn */ => Severity.Warning,
        0x6775626564 /* debug */ or 0x676264 /* dbg */ or 0x656E6966 /* fine */ or 0x72656E6966 /* finer */ => Severity.Debug,
        0x6563617274 /* trace */ or 0x637274 /* trc */ or 0x65736F62726576 /* verbose */ or 0x7473656E6966 /* finest */ => Severity.Trace,
        0x656369746F6E /* notice */ => Severity.Notice,
        0x6C61636974697263 /* critical */ or 0x74697263 /* crit */ or 0x6C61746166 /* fatal */ or 0x6C7466 /* ftl */ => Severity.Critical,
        0x7472656C61 /* alert */ => Severity.Alert,
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
