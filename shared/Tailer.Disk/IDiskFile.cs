namespace Tailer.Disk;

/// <summary>An open file of an <see cref="IDisk"/>; one writer, any number of readers.</summary>
public interface IDiskFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads up to the buffer's length at the offset; 0 at the end of the file.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all bytes at the offset. After an exception any prefix of them may be there.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);

    /// <summary>Returns after the file's bytes and length would survive a power loss.</summary>
    void Sync();
}
