namespace Tailer.Testing;

/// <summary>A file held open for appending.</summary>
public interface ITreeAppender : IDisposable
{
    void Append(ReadOnlySpan<byte> bytes);
}
