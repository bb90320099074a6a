using Tailer.Blocks.Native;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>
/// A codec 2 block taken apart, its sections unpacked, as docs/formats/block.md says: to change what is inside and put it
/// together again with a table that fits.
/// </summary>
internal sealed class BlockParts
{
    private const int Sections = 11;
    private const int OwnFrameBytesMin = 4096;

    public byte Tokenizer { get; set; }

    public ulong Events { get; set; }

    public ulong TextBytes { get; set; }

    public uint TextCrc { get; set; }

    public byte[][] Plain { get; } = new byte[Sections][];

    public byte[] this[BlockSection section]
    {
        get => Plain[(int)section];
        set => Plain[(int)section] = value;
    }

    public static BlockParts Read(byte[] block)
    {
        var r = new SpanReader(block);
        Assert.Equal(2, r.U8());
        var parts = new BlockParts { Tokenizer = r.U8(), Events = r.Varint(), TextBytes = r.Varint(), TextCrc = r.U32() };
        int[] lengths = new int[Sections], packed = new int[Sections];
        for (int s = 0; s < Sections; s++)
            lengths[s] = r.Count(int.MaxValue);
        int together = r.Count(int.MaxValue);
        for (int s = 0; s < Sections; s++)
            packed[s] = lengths[s] < OwnFrameBytesMin ? 0 : r.Count(int.MaxValue);
        byte[] small = Unpack(r.Take(together), lengths.Where(l => l < OwnFrameBytesMin).Sum());
        int at = 0;
        for (int s = 0; s < Sections; s++)
        {
            parts.Plain[s] = packed[s] > 0 ? Unpack(r.Take(packed[s]), lengths[s]) : small[at..(at + lengths[s])];
            at += packed[s] > 0 ? 0 : lengths[s];
        }
        Assert.True(r.AtEnd && !r.Failed);
        return parts;
    }

    public BlockParts Clone()
    {
        var clone = new BlockParts { Tokenizer = Tokenizer, Events = Events, TextBytes = TextBytes, TextCrc = TextCrc };
        for (int s = 0; s < Sections; s++)
            clone.Plain[s] = [.. Plain[s]];
        return clone;
    }

    /// <summary>
    /// The block; with null for the level all sections are stored. The large section of that number, if there is one, is said to be
    /// packed in no bytes, which it cannot be.
    /// </summary>
    public byte[] ToArray(int? level = null, int? hollow = null)
    {
        using var w = new ByteWriter();
        w.U8(2);
        w.U8(Tokenizer);
        w.Varint(Events);
        w.Varint(TextBytes);
        w.U32(TextCrc);
        foreach (byte[] section in Plain)
            w.Varint((ulong)section.Length);
        byte[] small = Pack([.. Plain.Where(s => s.Length < OwnFrameBytesMin).SelectMany(s => s)], level);
        byte[][] large = [.. Plain.Where(s => s.Length >= OwnFrameBytesMin).Select((s, i) => i == hollow ? [] : Pack(s, level))];
        w.Varint((ulong)small.Length);
        foreach (byte[] packed in large)
            w.Varint((ulong)packed.Length);
        w.Raw(small);
        foreach (byte[] packed in large)
            w.Raw(packed);
        return w.Written.ToArray();
    }

    private static byte[] Pack(byte[] plain, int? level)
    {
        if (level is null || plain.Length == 0)
            return plain;
        byte[] packed = new byte[Zstd.CompressBound(plain.Length)];
        int length = Zstd.Compress(plain, packed, level.Value);
        return length < plain.Length ? packed[..length] : plain;
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packed, int bytes)
    {
        if (packed.Length == bytes)
            return packed.ToArray();
        byte[] plain = new byte[bytes];
        Assert.True(Zstd.TryDecompress(packed, plain));
        return plain;
    }
}
