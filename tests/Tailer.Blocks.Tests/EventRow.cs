namespace Tailer.Blocks.Tests;

/// <summary>An event that owns its bytes, to make blocks from and to compare with what comes out of them.</summary>
internal sealed record EventRow(
    int Source, ulong Offset, byte[] Bytes, ulong Time, EventFlags Flags, Severity Severity, uint Pid, string Host, string App)
{
    public ulong End => Offset + (ulong)Bytes.Length;

    public static EventRow Of(Event e) => new(e.Source, e.Offset, e.Bytes.ToArray(), e.Time, e.Flags, e.Severity, e.Pid, e.Host, e.App);

    /// <summary>Of a block that can be read; with what only decoding needs, and without.</summary>
    public static EventRow[] Decode(byte[] bytes, int sources)
    {
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, block.TryDecode(bytes, sources));
        EventRow[] rows = Of(block);
        byte[] text = block.Text.ToArray();
        block.KeepEventsOnly();
        Assert.Equal(rows, Of(block));
        Assert.True(block.Text.SequenceEqual(text));
        return rows;
    }

    public static EventRow[] Of(DecodedBlock block) => [.. Enumerable.Range(0, block.Count).Select(i => Of(block[i]))];

    public void AddTo(BlockBuilder builder) => builder.Add(ToEvent());

    public void AddTo(BlockEvents events) => events.Add(ToEvent());

    public void AddTo(PacketBuilder builder) => builder.Add(ToEvent());

    public void AddTo(SegmentWriter writer) => writer.Add(ToEvent());

    public bool Equals(EventRow? other) => other is not null
        && (Source, Offset, Time, Flags, Severity, Pid) == (other.Source, other.Offset, other.Time, other.Flags, other.Severity, other.Pid)
        && Host == other.Host && App == other.App && Bytes.AsSpan().SequenceEqual(other.Bytes);

    public override int GetHashCode() => HashCode.Combine(Source, Offset, Time);

    public override string ToString() =>
        $"{Source} @{Offset:x} t={Time:x} {(byte)Flags} {(byte)Severity} {Pid} '{Host}' '{App}' {Convert.ToHexString(Bytes)}";

    private Event ToEvent() => new()
    {
        Source = Source,
        Offset = Offset,
        Bytes = Bytes,
        Time = Time,
        Flags = Flags,
        Severity = Severity,
        Pid = Pid,
        Host = Host,
        App = App,
    };
}
