namespace Tailer.Blocks;

/// <summary>
/// One line with its line end, or a part of one, as it lies in a block. The bytes belong to the block's buffer: copy what has
/// to outlive it.
/// </summary>
public readonly ref struct Event
{
    /// <summary>Index into the source table of the block's container (frame or segment).</summary>
    public required int Source { get; init; }

    /// <summary>Physical position of the first byte in the source.</summary>
    public required ulong Offset { get; init; }
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Event time, <see cref="LogTime"/> units.</summary>
    public required ulong Time { get; init; }
    public required string Host { get; init; }
    public string App { get; init; }
    public uint Pid { get; init; }
    public Severity Severity { get; init; }
    public EventFlags Flags { get; init; }

    public ulong End => Offset + (ulong)Bytes.Length;

    /// <summary>The bytes without the line end (LF or CR LF), as search and pages see them.</summary>
    public ReadOnlySpan<byte> Text => WithoutLineEnd(Bytes);

    public static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> line)
    {
        if (line is [.., (byte)'\n'])
            line = line[..^1];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }
}
