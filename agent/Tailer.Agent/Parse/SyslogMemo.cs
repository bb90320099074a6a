using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Remembers headers <c> host app[pid]:</c>, of which a log has few, so that most are only compared. Gives what
/// <see cref="SyslogHeader.TryRead"/> gives. A newcomer takes the place of the one it collides with. Not thread-safe.
/// </summary>
/// <param name="names">Of applications.</param>
/// <param name="hosts">Of hosts that may be claimed; null: the host is not asked.</param>
internal sealed class SyslogMemo(NameCache names, NameCache? hosts)
{
    /// <summary>A central log has some hundred processes that write at a time; this many entries are 96 KiB.</summary>
    private const int PlaceBits = 10;

    /// <summary>Bytes that choose the place.</summary>
    private const int KeyBytes = 24;

    /// <summary>A longer header is not remembered.</summary>
    private const int HeaderBytesMax = 64;

    private readonly Entry[] entries = new Entry[1 << PlaceBits];

    /// <summary>The header of each entry. Not in an object of its own, so that no second look at far memory waits for a first.</summary>
    private readonly byte[] texts = new byte[HeaderBytesMax << PlaceBits];

    /// <summary>What was read last and not remembered.</summary>
    private SyslogFacts unremembered;

    /// <summary>What the header that a line's rest begins with says; its length is 0 where there is none. Good until the next is read.</summary>
    public ref readonly SyslogFacts Read(ReadOnlySpan<byte> rest, out int length)
    {
        if (rest.Length < KeyBytes)
            return ref ReadAnew(rest, out length);
        uint place = PlaceOf(ref MemoryMarshal.GetReference(rest));
        ref Entry entry = ref entries[place];
        length = entry.Length;
        if (length > 0 && IsAt(rest, texts, (int)place * HeaderBytesMax, length))
            return ref entry.Facts;
        ref readonly SyslogFacts facts = ref ReadAnew(rest, out length);
        // Only a colon shows that the header ends there whatever follows.
        if (length is 0 or > HeaderBytesMax || rest[length - 1] != ':')
            return ref facts;
        rest[..length].CopyTo(texts.AsSpan((int)place * HeaderBytesMax));
        entry.Length = length;
        entry.Facts = facts;
        return ref entry.Facts;
    }

    /// <summary>The same of RFC 5424, not remembered: a message id follows.</summary>
    public ref readonly SyslogFacts ReadNew(ReadOnlySpan<byte> rest, out int length)
    {
        bool found = SyslogHeader.TryReadNew(rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> app, out uint pid, out length);
        unremembered = found ? FactsOf(host, app, pid) : default;
        return ref unremembered;
    }

    private ref readonly SyslogFacts ReadAnew(ReadOnlySpan<byte> rest, out int length)
    {
        bool found = SyslogHeader.TryRead(rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> app, out uint pid, out length);
        unremembered = found ? FactsOf(host, app, pid) : default;
        return ref unremembered;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAt(ReadOnlySpan<byte> rest, byte[] texts, int at, int length)
    {
        if (rest.Length < HeaderBytesMax)
            return rest.StartsWith(texts.AsSpan(at, length));
        return (ShortBytes.Differences(ref MemoryMarshal.GetReference(rest), ref texts[at]) & (ulong.MaxValue >> (HeaderBytesMax - length))) == 0;
    }

    private SyslogFacts FactsOf(ReadOnlySpan<byte> host, ReadOnlySpan<byte> app, uint pid)
    {
        bool isAsked = hosts is not null && !host.IsEmpty;
        string? claimed = isAsked ? hosts!.Get(host) : null;
        return new SyslogFacts(claimed, isAsked && claimed is null, app.IsEmpty ? null : names.Get(app), pid);
    }

    private static uint PlaceOf(ref byte key)
    {
        uint h = BitOperations.Crc32C(0, Unsafe.ReadUnaligned<ulong>(ref key));
        h = BitOperations.Crc32C(h, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref key, 8)));
        h = BitOperations.Crc32C(h, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref key, 16)));
        return h >> (32 - PlaceBits);
    }

    /// <summary>A header of so many bytes; 0: none.</summary>
    private struct Entry
    {
        public int Length;
        public SyslogFacts Facts;
    }
}
