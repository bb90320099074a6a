using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tailer.Queries;

/// <summary>Bytes to look for, where each ASCII letter may stand for both of its cases.</summary>
internal sealed class MaskedBytes
{
    private const byte CaseBit = 0x20;

    /// <summary>Letters and signs of log lines, the most frequent first; what is missing here is rare.</summary>
    private static ReadOnlySpan<byte> Frequent => " e0tai1nosr2l-dc:3.45u6p/m78h9g=f,b\"vw_y"u8;

    private readonly byte[] bytes;
    private readonly byte[] masks;
    private readonly bool anyLetter;
    private readonly int anchor;
    private readonly int secondAnchor;

    public MaskedBytes(byte[] text, bool ignoreCase)
    {
        bytes = (byte[])text.Clone();
        masks = new byte[bytes.Length];
        for (int i = 0; ignoreCase && i < bytes.Length; i++)
        {
            if (!char.IsAsciiLetter((char)bytes[i]))
                continue;
            bytes[i] |= CaseBit;
            masks[i] = CaseBit;
            anyLetter = true;
        }
        anchor = Rarest(except: -1);
        secondAnchor = Rarest(except: anchor);
    }

    public int Length => bytes.Length;

    /// <summary>-1 when they do not occur.</summary>
    public int IndexIn(ReadOnlySpan<byte> text)
    {
        if (!anyLetter)
            return text.IndexOf(bytes);
        if (bytes.Length == 1)
            return text.IndexOfAny(bytes[0], (byte)(bytes[0] & ~CaseBit));
        int last = text.Length - bytes.Length;
        int at = 0;
        ref byte start = ref MemoryMarshal.GetReference(text);
        if (Vector256.IsHardwareAccelerated && last >= Vector256<byte>.Count - 1)
            return IndexByVector(ref start, text, last);
        for (; at <= last; at++)
        {
            if ((Unsafe.Add(ref start, at + anchor) | masks[anchor]) == bytes[anchor] && EqualsAt(text, at))
                return at;
        }
        return -1;
    }

    public bool EqualsAt(ReadOnlySpan<byte> text, int at)
    {
        if (at < 0 || at > text.Length - bytes.Length)
            return false;
        text = text.Slice(at, bytes.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if ((text[i] | masks[i]) != bytes[i])
                return false;
        }
        return true;
    }

    /// <summary>Compares two rare bytes at 32 places at once; the last step overlaps the one before it.</summary>
    private int IndexByVector(ref byte start, ReadOnlySpan<byte> text, int last)
    {
        Vector256<byte> a = Vector256.Create(bytes[anchor]), aMask = Vector256.Create(masks[anchor]);
        Vector256<byte> b = Vector256.Create(bytes[secondAnchor]), bMask = Vector256.Create(masks[secondAnchor]);
        for (int at = 0; ; at = Math.Min(at + Vector256<byte>.Count, last - Vector256<byte>.Count + 1))
        {
            Vector256<byte> ats = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)(at + anchor)) | aMask, a);
            Vector256<byte> bts = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)(at + secondAnchor)) | bMask, b);
            for (uint hits = (ats & bts).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
            {
                int hit = at + BitOperations.TrailingZeroCount(hits);
                if (EqualsAt(text, hit))
                    return hit;
            }
            if (at + Vector256<byte>.Count > last)
                return -1;
        }
    }

    private int Rarest(int except)
    {
        int best = 0, bestRank = -1;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i == except)
                continue;
            int rank = Frequent.IndexOf(bytes[i]) is >= 0 and int found ? found : Frequent.Length;
            if (rank > bestRank)
                (best, bestRank) = (i, rank);
        }
        return best;
    }
}
