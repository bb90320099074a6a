using System.Buffers;
using System.Text;

namespace Tailer.Queries;

/// <summary>
/// A text to find in UTF-8 bytes, exactly or by folded case. The search runs over its longest part whose encoding is the
/// same in every case (the core); what is before and after is compared character by character.
/// </summary>
internal sealed class Literal
{
    private readonly MaskedBytes core;
    private readonly int[] before;
    private readonly int[] after;

    /// <summary>Only without a core: last bytes of all variants of the first character.</summary>
    private readonly SearchValues<byte>? lastBytes;

    public Literal(string text, bool ignoreCase)
    {
        Text = text;
        IgnoreCase = ignoreCase;
        if (!ignoreCase)
        {
            core = new MaskedBytes(Encoding.UTF8.GetBytes(text), ignoreCase: false);
            before = after = [];
            BytesMax = core.Length;
            return;
        }
        int[] folded = CaseFold.FoldAll(text);
        BytesMax = folded.Length * 4;
        (int start, int length) = LongestCore(folded);
        core = new MaskedBytes(Encode(folded.AsSpan(start, length)), ignoreCase: true);
        before = folded[..start];
        after = folded[(start + length)..];
        if (length == 0 && folded.Length > 0)
        {
            byte[] lasts = [.. CaseFold.Variants(folded[0]).Select(variant => Encode([variant])[^1])];
            lastBytes = SearchValues.Create(lasts);
        }
    }

    public string Text { get; }

    public bool IgnoreCase { get; }

    public bool IsEmpty => Text.Length == 0;

    /// <summary>No occurrence is longer.</summary>
    public int BytesMax { get; }

    /// <summary>Bytes that occur wherever the literal does; empty for a text of nothing but cased letters beyond ASCII.</summary>
    public MaskedBytes Core => core;

    /// <summary>
    /// Gives the occurrences one after the other: <paramref name="cursor"/> is 0 for the first call and then handed back.
    /// </summary>
    public bool Next(ReadOnlySpan<byte> line, ref int cursor, out int start, out int end)
    {
        start = end = 0;
        if (lastBytes is not null)
            return NextByLastByte(line, ref cursor, out start, out end);
        while (cursor <= line.Length)
        {
            int hit = core.IndexIn(line[cursor..]);
            if (hit < 0)
                break;
            start = cursor + hit;
            end = start + core.Length;
            cursor = start + 1;
            if (Forward(line, after, ref end) && Backward(line, before, ref start))
                return true;
        }
        cursor = line.Length + 1;
        return false;
    }

    public bool StartsAt(ReadOnlySpan<byte> line, int start, out int end)
    {
        end = start;
        if (!Forward(line, before, ref end) || !core.EqualsAt(line, end))
            return false;
        end += core.Length;
        return Forward(line, after, ref end);
    }

    public bool EndsAt(ReadOnlySpan<byte> line, int end, out int start)
    {
        start = end;
        if (!Backward(line, after, ref start) || !core.EqualsAt(line[..start], start - core.Length))
            return false;
        start -= core.Length;
        return Backward(line, before, ref start);
    }

    private bool NextByLastByte(ReadOnlySpan<byte> line, ref int cursor, out int start, out int end)
    {
        start = end = 0;
        while (cursor < line.Length)
        {
            int hit = line[cursor..].IndexOfAny(lastBytes!);
            if (hit < 0)
                break;
            end = cursor + hit + 1;
            start = end;
            cursor = end;
            if (Backward(line, after.AsSpan(0, 1), ref start) && Forward(line, after.AsSpan(1), ref end))
                return true;
        }
        cursor = line.Length;
        return false;
    }

    private static bool Forward(ReadOnlySpan<byte> line, ReadOnlySpan<int> folded, ref int at)
    {
        foreach (int wanted in folded)
        {
            if (Rune.DecodeFromUtf8(line[at..], out Rune rune, out int bytes) != OperationStatus.Done || CaseFold.Fold(rune) != wanted)
                return false;
            at += bytes;
        }
        return true;
    }

    private static bool Backward(ReadOnlySpan<byte> line, ReadOnlySpan<int> folded, ref int at)
    {
        for (int i = folded.Length - 1; i >= 0; i--)
        {
            if (Rune.DecodeLastFromUtf8(line[..at], out Rune rune, out int bytes) != OperationStatus.Done || CaseFold.Fold(rune) != folded[i])
                return false;
            at -= bytes;
        }
        return true;
    }

    private static (int Start, int Length) LongestCore(int[] folded)
    {
        int best = 0, bestStart = 0, run = 0;
        for (int i = 0; i < folded.Length; i++)
        {
            run = folded[i] < 0x80 || CaseFold.Variants(folded[i]).Count == 1 ? run + 1 : 0;
            if (run > best)
                (best, bestStart) = (run, i - run + 1);
        }
        return (bestStart, best);
    }

    private static byte[] Encode(ReadOnlySpan<int> codePoints)
    {
        var bytes = new byte[codePoints.Length * 4];
        int length = 0;
        foreach (int codePoint in codePoints)
            length += new Rune(codePoint).EncodeToUtf8(bytes.AsSpan(length));
        return bytes[..length];
    }
}
