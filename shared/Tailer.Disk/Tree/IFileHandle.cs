namespace Tailer.Disk;

/// <summary>An open file of an <see cref="IFileTree"/>: renamed or deleted it stays readable. For one thread.</summary>
public interface IFileHandle : IDisposable
{
    /// <summary>The name it has now, as well as the system knows it; null when it has none.</summary>
    string? Name { get; }

    /// <summary>Throws <see cref="IOException"/> when the disk does not answer.</summary>
    FileStatus Status();

    /// <summary>
    /// Bytes from an offset on, fewer than asked for only at the end: 0 there and behind it. Throws <see cref="IOException"/> when
    /// they cannot be read.
    /// </summary>
    int Read(Span<byte> into, long offset);

    /// <summary>
    /// Nothing was ever written from this offset on, which is at most the end, and the file ends in such a hole: it was made longer than what is in it, and
    /// will be written in place. False where the file system cannot tell.
    /// </summary>
    bool EndsInHole(long from) => false;
}
