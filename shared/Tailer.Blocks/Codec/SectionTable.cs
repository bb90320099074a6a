using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>
/// How a codec 2 block's sections are packed: small ones together in one zstd frame, so that a packet of a few lines does
/// not pay for many; each large one in a frame of its own, so that it can be unpacked alone.
/// </summary>
internal static class SectionTable
{
    public const int Count = (int)BlockSection.Numbers + 1;

    /// <summary>From here on zstd weighs what a match costs.</summary>
    private const int HighLevel = 15;

    /// <summary>Sections below this share a frame.</summary>
    public const int OwnFrameBytesMin = 4096;

    public static void Write(ByteWriter[] sections, ByteWriter to, ByteWriter scratch, int level, bool isQuick)
    {
        scratch.Reset();
        foreach (ByteWriter section in sections)
        {
            to.Varint((ulong)section.Length);
            if (section.Length < OwnFrameBytesMin)
                scratch.Raw(section.Written);
        }
        int lengthsAt = to.Length;
        // Packed lengths come before what is packed, and are known after it: room for the worst case, closed up at the end.
        int room = (SectionsWithFrame(sections) + 1) * 5;
        to.GetSpan(room);
        to.Advance(room);
        int bodyAt = to.Length;
        Span<int> packed = stackalloc int[Count + 1];
        int frames = 0;
        packed[frames++] = Pack(scratch.Written, to, level, isRandom: false, isQuick);
        for (int s = 0; s < Count; s++)
        {
            if (sections[s].Length >= OwnFrameBytesMin)
                packed[frames++] = Pack(sections[s].Written, to, level, IsRandom((BlockSection)s, level), isQuick && s == (int)BlockSection.Digits);
        }
        CloseUp(to, lengthsAt, bodyAt, packed[..frames]);
    }

    private static int SectionsWithFrame(ByteWriter[] sections)
    {
        int count = 0;
        foreach (ByteWriter section in sections)
            count += section.Length >= OwnFrameBytesMin ? 1 : 0;
        return count;
    }

    /// <summary>
    /// Digits and recency ranks hardly repeat: a longer search finds short matches in them, which cost more than what they stand for (12 % more
    /// of ranks by level 5 than by level 1).
    /// </summary>
    private static bool IsRandom(BlockSection section, int level) => section == BlockSection.Digits || (section == BlockSection.Streams && level < HighLevel);

    private static int Pack(ReadOnlySpan<byte> plain, ByteWriter to, int level, bool isRandom, bool isQuick)
    {
        if (plain.IsEmpty)
            return 0;
        Span<byte> room = to.GetSpan(Zstd.CompressBound(plain.Length));
        int packed = isRandom ? Zstd.CompressDigits(plain, room, isQuick) : Zstd.Compress(plain, room, level);
        if (packed < plain.Length)
        {
            to.Advance(packed);
            return packed;
        }
        to.Raw(plain);
        return plain.Length;
    }

    private static void CloseUp(ByteWriter to, int lengthsAt, int bodyAt, ReadOnlySpan<int> packed)
    {
        using var lengths = new ByteWriter(64);
        foreach (int length in packed)
            lengths.Varint((ulong)length);
        int body = to.Length - bodyAt;
        Span<byte> all = to.At(lengthsAt, to.Length - lengthsAt);
        all.Slice(bodyAt - lengthsAt, body).CopyTo(all[lengths.Length..]);
        lengths.Written.CopyTo(all);
        to.Truncate(lengthsAt + lengths.Length + body);
    }
}
