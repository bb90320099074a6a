using System.Diagnostics;

namespace Tailer.Buck;

/// <summary>Something a disk was asked for and has not answered yet. It ends in one of two ways: it was done in time, or nobody waits for it any more.</summary>
internal sealed class DiskCall(string what, string path, TimeSpan limit, Action<string>? hangs)
{
    private const int Running = 0, Ended = 1, GivenUp = 2;

    private int state;

    public long Since { get; } = Stopwatch.GetTimestamp();

    public string Path => path;

    /// <summary>For people.</summary>
    public string Text => $"{what} {path} takes longer than {limit.TotalSeconds:0.###} s: the disk neither does it nor fails";

    /// <summary>In the list of its disk, under the lock of that.</summary>
    public DiskCall? Before { get; set; }

    /// <inheritdoc cref="Before"/>
    public DiskCall? Next { get; set; }

    public bool IsGivenUp => Volatile.Read(ref state) == GivenUp;

    /// <summary>False when it was given up: then what it brought must have no effect.</summary>
    public bool TryEnd() => Interlocked.CompareExchange(ref state, Ended, Running) != GivenUp;

    /// <summary>False when it has ended.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref state, GivenUp, Running) == Running;

    /// <summary>Tells who waits, after it was given up.</summary>
    public void Tell() => hangs?.Invoke(Text);
}
