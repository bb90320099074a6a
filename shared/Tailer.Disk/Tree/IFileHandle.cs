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
}
