using System.Numerics;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// The events a block is made of, collected column by column. Reused; after warm-up adding an event allocates nothing.
/// </summary>
internal sealed class BlockEvents : IDisposable
{
    /// <summary>Readable bytes behind the text, so that vectors may be loaded from its last byte.</summary>
    public const int TextSlackBytes = 64;

    private const int CacheBits = 8;

    private readonly ByteWriter text = new(Limits.PacketRawBytesTarget + Limits.EventBytesMax);
    private readonly KeyTable keys = new();
    private readonly List<ulong> sourceEnds = [];
    private readonly CachedKey[] cache = new CachedKey[1 << CacheBits];
    private int[] ends = new int[1024];
    private int[] keyOf = new int[1024];
    private ulong[] times = new ulong[1024];
    private ulong[] offsets = new ulong[1024];
    private byte[] flags = new byte[1024];
    private byte[] severities = new byte[1024];

    public int Count { get; private set; }

    public int TextBytes => text.Length;

    public ReadOnlySpan<byte> Text => text.Written;

    public NameTable Hosts { get; } = new();

    public NameTable Apps { get; } = new();

    /// <summary>The distinct (source, host, app, pid), in order of first use.</summary>
    public ReadOnlySpan<EventKey> Keys => keys.Keys;

    /// <summary>About what the columns beside the text, names with them, take before compression; never much less.</summary>
    public int ColumnBytes { get; private set; }

    /// <summary>One more than the greatest source index.</summary>
    public int SourceCount => sourceEnds.Count;

    public ulong TimeMin { get; private set; }

    public ulong TimeMax { get; private set; }

    /// <summary>Where each event's text ends, which is where the next one's starts.</summary>
    public ReadOnlySpan<int> Ends => ends.AsSpan(0, Count);

    /// <summary>Which of <see cref="Keys"/> each event has.</summary>
    public ReadOnlySpan<int> KeyIndexes => keyOf.AsSpan(0, Count);

    public ReadOnlySpan<ulong> Times => times.AsSpan(0, Count);

    public ReadOnlySpan<ulong> Offsets => offsets.AsSpan(0, Count);

    /// <summary>As it was added.</summary>
    public Event At(int i)
    {
        EventKey key = keys.Keys[keyOf[i]];
        return new Event
        {
            Source = key.Source,
            Offset = offsets[i],
            Bytes = text.Written[Start(i)..End(i)],
            Time = times[i],
            Host = Hosts.Names[key.Host],
            App = Apps.Names[key.App],
            Pid = key.Pid,
            Severity = (Severity)severities[i],
            Flags = (EventFlags)flags[i],
        };
    }

    public int Start(int i) => i == 0 ? 0 : ends[i - 1];

    public int End(int i) => ends[i];

    public int KeyOf(int i) => keyOf[i];

    public ulong Time(int i) => times[i];

    public ulong Offset(int i) => offsets[i];

    public byte Flags(int i) => flags[i];

    public byte Severity(int i) => severities[i];

    public void Add(scoped in Event e)
    {
        int i = Count;
        if (i == ends.Length)
            Grow();
        int key = KeyIndexOf(e);
        ulong time = e.Time, offset = e.Offset;
        ref ulong sourceEnd = ref CollectionsMarshal.AsSpan(sourceEnds)[e.Source];
        int columnBytes = 6 + VarintBytes((long)(i == 0 ? time : time - times[i - 1])) + (sourceEnd == offset ? 0 : 10);
        if (i > 0 && key != keyOf[i - 1])
            columnBytes += 24;
        ColumnBytes += columnBytes;
        text.Raw(e.Bytes);
        sourceEnd = offset + (ulong)e.Bytes.Length;
        ends[i] = text.Length;
        keyOf[i] = key;
        times[i] = time;
        offsets[i] = offset;
        flags[i] = (byte)e.Flags;
        severities[i] = (byte)e.Severity;
        TimeMin = i == 0 ? time : Math.Min(TimeMin, time);
        TimeMax = Math.Max(TimeMax, time);
        Count = i + 1;
    }

    /// <summary>The text, with <see cref="TextSlackBytes"/> behind it that may be read and mean nothing.</summary>
    public ReadOnlySpan<byte> TextWithSlack()
    {
        int length = text.Length;
        text.GetSpan(TextSlackBytes);
        return text.WrittenWithSlack(TextSlackBytes)[..(length + TextSlackBytes)];
    }

    public void Reset()
    {
        text.Reset();
        keys.Reset();
        Hosts.Reset();
        Apps.Reset();
        Array.Clear(cache);
        sourceEnds.Clear();
        Count = ColumnBytes = 0;
        TimeMin = TimeMax = 0;
    }

    public void Dispose() => text.Dispose();

    /// <summary>
    /// Events of one process mostly come with the same objects as names, so its key is found by these, its source and its pid, without
    /// looking at the names.
    /// </summary>
    private int KeyIndexOf(scoped in Event e)
    {
        string app = e.App ?? "";
        ref CachedKey cached = ref cache[(uint)(e.Pid * 0x9E3779B1 + (uint)e.Source * 0x85EBCA6B) >> (32 - CacheBits)];
        if (ReferenceEquals(cached.Host, e.Host) && ReferenceEquals(cached.App, app) && cached.Pid == e.Pid && cached.Source == e.Source)
            return cached.Index;
        int namesBefore = Hosts.Bytes + Apps.Bytes;
        int index = keys.IndexOf(new EventKey(e.Source, Hosts.IndexOf(e.Host), Apps.IndexOf(app), e.Pid));
        ColumnBytes += Hosts.Bytes + Apps.Bytes - namesBefore;
        while (sourceEnds.Count <= e.Source)
            sourceEnds.Add(0);
        cached = new CachedKey(e.Host, app, e.Pid, e.Source, index);
        return index;
    }

    private static int VarintBytes(long value) => (70 - BitOperations.LeadingZeroCount((ulong)(value << 1) ^ (ulong)(value >> 63) | 1)) / 7;

    private void Grow()
    {
        int capacity = Math.Min(ends.Length * 2, Limits.BlockEventsMax);
        Array.Resize(ref ends, capacity);
        Array.Resize(ref keyOf, capacity);
        Array.Resize(ref times, capacity);
        Array.Resize(ref offsets, capacity);
        Array.Resize(ref flags, capacity);
        Array.Resize(ref severities, capacity);
    }

    private readonly record struct CachedKey(string? Host, string? App, uint Pid, int Source, int Index);
}
