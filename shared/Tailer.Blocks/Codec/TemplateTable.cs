using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// The distinct templates of a block: static text between slots, with severity and flags, which a template has in common.
/// Ids are given in order of first use. Hashes only find candidates; equality is of bytes.
/// </summary>
internal sealed class TemplateTable : IDisposable
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    private readonly ByteWriter statics = new(16 * 1024);
    private Template[] templates = new Template[256];
    private int[] pieceEnds = new int[4096];
    private SlotClass[] classes = new SlotClass[4096];
    private int[] table = new int[1024];
    private int pieceCount;
    private int slotCount;

    public int Count { get; private set; }

    public ref readonly Template this[int id] => ref templates[id];

    public ReadOnlySpan<SlotClass> Classes(in Template t) => classes.AsSpan(t.FirstSlot, t.Slots);

    /// <summary>Static text before slot <paramref name="piece"/>; the last is behind the last slot.</summary>
    public ReadOnlySpan<byte> Piece(in Template t, int piece)
    {
        int start = piece == 0 ? t.TextStart : pieceEnds[t.FirstPiece + piece - 1];
        return statics.Written[start..pieceEnds[t.FirstPiece + piece]];
    }

    /// <summary>The template of text[start..end], cut by the tokenizer.</summary>
    public int IdOf(ReadOnlySpan<byte> text, int start, int end, LineTokenizer line, byte severity, byte flags)
    {
        ulong hash = Hash(text, start, end, line, (uint)(severity << 8 | flags));
        int mask = table.Length - 1;
        int slot = (int)(hash >> 40) & mask;
        while (table[slot] != 0)
        {
            int id = table[slot] - 1;
            if (templates[id].Hash == hash && IsSame(templates[id], text, start, end, line, severity, flags))
                return id;
            slot = (slot + 1) & mask;
        }
        Append(hash, text, start, end, line, severity, flags);
        table[slot] = Count;
        if (Count * 2 > table.Length)
            Rehash();
        return Count - 1;
    }

    public void Reset()
    {
        statics.Reset();
        Array.Clear(table);
        Count = pieceCount = slotCount = 0;
    }

    public void Dispose() => statics.Dispose();

    private static ulong Hash(ReadOnlySpan<byte> text, int start, int end, LineTokenizer line, uint seed)
    {
        ReadOnlySpan<int> starts = line.Starts, ends = line.Ends;
        ReadOnlySpan<SlotClass> kinds = line.Classes;
        ref byte first = ref MemoryMarshal.GetReference(text);
        ulong h = seed + Prime;
        int at = start;
        for (int i = 0; i < starts.Length; i++)
        {
            h = HashPiece(h, ref Unsafe.Add(ref first, at), starts[i] - at);
            h = (h ^ (ulong)kinds[i]) * Prime;
            at = ends[i];
        }
        h = HashPiece(h, ref Unsafe.Add(ref first, at), end - at);
        return h ^ (h >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashPiece(ulong h, ref byte text, int length)
    {
        if (length < sizeof(ulong))
        {
            // Reads behind the piece and shifts that away; behind the text there is slack.
            ulong tail = length == 0 ? 0 : Unsafe.ReadUnaligned<ulong>(ref text) << (64 - 8 * length);
            return Mix(h, tail, (ulong)length);
        }
        for (int at = sizeof(ulong); at < length - sizeof(ulong); at += sizeof(ulong))
            h = Mix(h, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, at)), 0);
        ulong last = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, length - sizeof(ulong)));
        return Mix(h, Unsafe.ReadUnaligned<ulong>(ref text), BitOperations.RotateLeft(last, 29) + (ulong)length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong h, ulong a, ulong b)
    {
        h = (h ^ a) * Prime;
        h = (h ^ h >> 32 ^ b) * Prime;
        return h ^ h >> 29;
    }

    private bool IsSame(in Template t, ReadOnlySpan<byte> text, int start, int end, LineTokenizer line, byte severity, byte flags)
    {
        ReadOnlySpan<int> starts = line.Starts, ends = line.Ends;
        if (t.Slots != starts.Length || t.Severity != severity || t.Flags != flags || !Classes(t).SequenceEqual(line.Classes))
            return false;
        ref byte known = ref MemoryMarshal.GetReference(statics.WrittenWithSlack(BlockEvents.TextSlackBytes));
        ref byte first = ref MemoryMarshal.GetReference(text);
        ReadOnlySpan<int> knownEnds = pieceEnds.AsSpan(t.FirstPiece, t.Slots + 1);
        int at = start, knownAt = t.TextStart;
        for (int i = 0; i < starts.Length; i++)
        {
            int length = knownEnds[i] - knownAt;
            if (starts[i] - at != length || !ShortBytes.AreEqual(ref Unsafe.Add(ref first, at), ref Unsafe.Add(ref known, knownAt), length))
                return false;
            at = ends[i];
            knownAt = knownEnds[i];
        }
        return end - at == knownEnds[^1] - knownAt && ShortBytes.AreEqual(ref Unsafe.Add(ref first, at), ref Unsafe.Add(ref known, knownAt), end - at);
    }

    private void Append(ulong hash, ReadOnlySpan<byte> text, int start, int end, LineTokenizer line, byte severity, byte flags)
    {
        int slots = line.Count;
        if (Count == templates.Length)
            Array.Resize(ref templates, Count * 2);
        if (pieceCount + slots + 1 > pieceEnds.Length)
            Array.Resize(ref pieceEnds, (pieceCount + slots) * 2);
        if (slotCount + slots > classes.Length)
            Array.Resize(ref classes, (slotCount + slots) * 2);
        templates[Count++] = new Template(hash, statics.Length, pieceCount, slotCount, slots, severity, flags);
        line.Classes.CopyTo(classes.AsSpan(slotCount));
        slotCount += slots;
        int at = start;
        for (int i = 0; i <= slots; i++)
        {
            int stop = i < slots ? line.Starts[i] : end;
            statics.Raw(text[at..stop]);
            pieceEnds[pieceCount++] = statics.Length;
            at = i < slots ? line.Ends[i] : end;
        }
        statics.GetSpan(BlockEvents.TextSlackBytes);
    }

    private void Rehash()
    {
        table = new int[table.Length * 4];
        for (int id = 0; id < Count; id++)
        {
            int slot = (int)(templates[id].Hash >> 40) & (table.Length - 1);
            while (table[slot] != 0)
                slot = (slot + 1) & (table.Length - 1);
            table[slot] = id + 1;
        }
    }

    internal readonly record struct Template(ulong Hash, int TextStart, int FirstPiece, int FirstSlot, int Slots, byte Severity, byte Flags);
}
