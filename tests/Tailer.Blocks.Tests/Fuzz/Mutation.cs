using Tailer.Blocks.Tests.Codec;

namespace Tailer.Blocks.Tests.Fuzz;

/// <summary>Changes of what is valid.</summary>
internal static class Mutation
{
    public static byte[] OfAny(Random random, byte[][] samples) => Of(random, samples[random.Next(samples.Length)], samples[random.Next(samples.Length)]);

    /// <summary>A few changes anywhere, more of them near the start, where the lengths are.</summary>
    public static byte[] Of(Random random, byte[] sample, byte[] other)
    {
        var input = new List<byte>(sample);
        for (int n = random.Next(1, 4); n > 0 && input.Count > 0; n--)
        {
            int at = random.Next(random.Next(3) == 0 ? Math.Min(input.Count, 120) : input.Count);
            switch (random.Next(8))
            {
                case 0: input[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: input[at] = (byte)random.Next(256); break;
                case 2: Overwrite(input, at, Hostile(random)); break;
                case 3: input.InsertRange(at, Hostile(random)); break;
                case 4: input.RemoveRange(at, Math.Min(random.Next(1, 20), input.Count - at)); break;
                case 5: input.RemoveRange(at, input.Count - at); break;
                case 6: input.InsertRange(at, input.GetRange(at, Math.Min(random.Next(1, 100), input.Count - at))); break;
                default: Overwrite(input, at, PartOf(random, other)); break;
            }
        }
        return [.. input];
    }

    /// <summary>
    /// A codec 2 block changed in its sections, behind zstd, with a table that fits: counts, lengths and codes that are nearly right
    /// come through to what must judge them.
    /// </summary>
    public static byte[] OfSections(Random random, BlockParts[] samples)
    {
        BlockParts parts = samples[random.Next(samples.Length)].Clone(), other = samples[random.Next(samples.Length)];
        for (int n = random.Next(2) == 0 ? 1 : random.Next(2, 4); n > 0; n--)
        {
            // Counts and codes are in the first and the heads.
            int s = random.Next(4) switch { 0 => (int)BlockSection.Meta, 1 => (int)BlockSection.Heads, _ => random.Next(SectionTable.Count) };
            switch (random.Next(20))
            {
                case 0: parts.Events = Near(random, parts.Events); break;
                case 1: parts.TextBytes = Near(random, parts.TextBytes); break;
                case 2: parts.Plain[s] = other.Plain[s]; break;
                default: parts.Plain[s] = Inside(random, parts.Plain[s], other.Plain[s]); break;
            }
        }
        int? hollow = random.Next(30) == 0 ? random.Next(3) : null;
        byte[] block = parts.ToArray(random.Next(2) == 0 ? null : 1, hollow);
        if (block.Length > FuzzTarget.InputBytesMax)
            block = parts.ToArray(3, hollow);
        return random.Next(16) == 0 ? Of(random, block, block) : block;
    }

    /// <summary>A short block changed in its body, behind the dictionary.</summary>
    public static byte[] OfShortBodies(Random random, byte[][] samples)
    {
        byte[] body = ShortBlockTests.BodyOf(samples[random.Next(samples.Length)]), other = ShortBlockTests.BodyOf(samples[random.Next(samples.Length)]);
        for (int n = random.Next(1, 4); n > 0; n--)
            body = Inside(random, body, other);
        return ShortBlockTests.BlockOf(body, 12 + (random.Next(8) == 0 ? random.Next(-2, 3) : 0)) ?? samples[0];
    }

    private static byte[] Inside(Random random, byte[] section, byte[] other)
    {
        if (section.Length == 0)
            return random.Next(4) == 0 ? PartOf(random, other) : section;
        var input = new List<byte>(section);
        int at = random.Next(random.Next(3) == 0 ? Math.Min(input.Count, 24) : input.Count), to = random.Next(input.Count);
        switch (random.Next(15))
        {
            case 0: input[at]++; break;
            case 1: input[at]--; break;
            case 2: input[at] = (byte)random.Next(6); break;
            case 3: input[at] = (byte)random.Next(250, 256); break;
            case 4: input[at] = (byte)random.Next(256); break;
            case 5: (input[at], input[to]) = (input[to], input[at]); break;
            case 6: input[at] ^= (byte)(1 << random.Next(8)); break;
            case 7: Overwrite(input, at, Hostile(random)); break;
            case 8: Overwrite(input, at, PartOf(random, other)); break;
            case 9: input.InsertRange(at, random.Next(2) == 0 ? Hostile(random) : [(byte)random.Next(6)]); break;
            case 10: input.RemoveRange(at, Math.Min(random.Next(1, 4), input.Count - at)); break;
            case < 14: ReplaceVarint(random, input, at); break;
            default: input.InsertRange(at, input.GetRange(to, Math.Min(random.Next(1, 20), input.Count - to))); break;
        }
        return [.. input];
    }

    /// <summary>What may be a number becomes another, and what follows it stays.</summary>
    private static void ReplaceVarint(Random random, List<byte> input, int at)
    {
        int end = at;
        while (end < input.Count - 1 && input[end] >= 0x80)
            end++;
        input.RemoveRange(at, end + 1 - at);
        using var w = new ByteWriter();
        w.Varint(random.Next(3) switch { 0 => ulong.MaxValue - (ulong)random.Next(3), 1 => (ulong)random.Next(300), _ => (1UL << random.Next(64)) + (ulong)random.Next(-1, 2) });
        input.InsertRange(at, w.Written.ToArray());
    }

    private static ulong Near(Random random, ulong value) => random.Next(3) switch
    {
        0 => value + 1,
        1 => value - 1,
        _ => (1UL << random.Next(64)) + (ulong)random.Next(-1, 2),
    };

    /// <summary>Varints and numbers at the edges of what fits.</summary>
    private static byte[] Hostile(Random random)
    {
        if (random.Next(3) == 0)
            return [.. Enumerable.Repeat((byte)(random.Next(2) == 0 ? 0xff : 0), random.Next(1, 12))];
        ulong value = (1UL << random.Next(64)) + (ulong)random.Next(-1, 2);
        if (random.Next(4) == 0)
            return BitConverter.GetBytes(value)[..(1 << random.Next(4))];
        using var w = new ByteWriter();
        w.Varint(value);
        return w.Written.ToArray();
    }

    private static byte[] PartOf(Random random, byte[] other)
    {
        if (other.Length == 0)
            return [];
        int from = random.Next(other.Length);
        return other[from..Math.Min(other.Length, from + random.Next(1, 60))];
    }

    private static void Overwrite(List<byte> input, int at, byte[] with)
    {
        for (int i = 0; i < with.Length && at + i < input.Count; i++)
            input[at + i] = with[i];
    }
}
