using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Replaces what masks find by <c>*</c>, byte for byte (in UTF-16 unit for unit), so that lengths and offsets stay. The same bytes give
/// the same result, however often they are read. Allocates nothing per line after warm-up, save what regular expressions with a group
/// allocate for a match. Not thread-safe.
/// </summary>
internal sealed class MaskSet(IReadOnlyList<Mask> masks)
{
    private readonly Mask[] masks = [.. masks];
    private readonly ViewedText text = new();
    private readonly List<(int From, int To)> found = [];
    private byte[] joined = [];
    private byte[] masked = [];

    /// <summary>
    /// The bytes with what masks find replaced; the same span when they find nothing. What <paramref name="before"/> ends with is looked
    /// at too: a text that began in the part of a line before is found. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Apply(SourceView view, ReadOnlySpan<byte> before, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> whole = before.IsEmpty ? bytes : Join(before, bytes);
        bool isRead = false;
        ReadOnlySpan<byte> result = bytes;
        foreach (Mask mask in masks)
        {
            if (!mask.MayMatch(view, whole))
                continue;
            if (!isRead)
                text.Read(view, whole);
            isRead = true;
            found.Clear();
            mask.Find(text.Chars, found);
            // Some find the same text in two ways; each byte is hidden, and counted, once.
            found.Sort();
            int hidden = 0, done = 0;
            foreach ((int from, int to) in found)
            {
                if (to <= done)
                    continue;
                hidden += Hide(view, text.ByteAt(Math.Max(from, done)) - before.Length, text.ByteAt(to) - before.Length, bytes, ref result);
                done = to;
            }
            if (hidden > 0)
                mask.Count.Add(1, hidden);
        }
        return result;
    }

    private int Hide(SourceView view, int from, int to, ReadOnlySpan<byte> bytes, ref ReadOnlySpan<byte> result)
    {
        from = Math.Max(from, 0);
        if (to <= from)
            return 0;
        if (result == bytes)
        {
            if (masked.Length < bytes.Length)
                masked = new byte[Math.Max(bytes.Length, 4096)];
            bytes.CopyTo(masked);
            result = masked.AsSpan(0, bytes.Length);
        }
        if (view is SourceView.Utf16Le or SourceView.Utf16Be)
        {
            for (int i = from; i < to; i++)
                masked[i] = (i - from) % 2 == (view == SourceView.Utf16Le ? 0 : 1) ? (byte)'*' : (byte)0;
        }
        else
        {
            masked.AsSpan(from, to - from).Fill((byte)'*');
        }
        return to - from;
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> before, ReadOnlySpan<byte> bytes)
    {
        int length = before.Length + bytes.Length;
        if (joined.Length < length)
            joined = new byte[Math.Max(length, 4096)];
        before.CopyTo(joined);
        bytes.CopyTo(joined.AsSpan(before.Length));
        return joined.AsSpan(0, length);
    }
}
