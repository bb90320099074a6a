using System.Buffers;

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

    /// <summary>As <see cref="Write(ReadOnlySpan{byte}, long)"/>, the two behind each other, in one write: a kill leaves both, neither, or a prefix.</summary>
    void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
    {
        byte[] both = ArrayPool<byte>.Shared.Rent(first.Length + second.Length);
        try
        {
            first.CopyTo(both);
            second.CopyTo(both.AsSpan(first.Length));
            Write(both.AsSpan(0, first.Length + second.Length), offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(both);
        }
    }

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);

    /// <summary>Returns after the file's bytes and length would survive a power loss.</summary>
    void Sync();
}
