using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>An open segment somebody may read until disposing this; the owner of the reader is told by then.</summary>
public sealed class SegmentLease(SegmentReader reader, Action release) : IDisposable
{
    private Action? release = release;

    public SegmentReader Reader => reader;

    public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
}
