namespace Tailer.Testing;

/// <summary>Bytes that grow at the end and can be cut.</summary>
public sealed class ByteList
{
    private byte[] bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> more)
    {
        if (bytes.Length < Length + more.Length)
            Array.Resize(ref bytes, Math.Max(Length + more.Length, bytes.Length * 2));
        more.CopyTo(bytes.AsSpan(Length));
        Length += more.Length;
    }

    /// <summary>Cuts, or extends with zeros.</summary>
    public void SetLength(int length)
    {
        if (bytes.Length < length)
            Array.Resize(ref bytes, length);
        if (length > Length)
            bytes.AsSpan(Length, length - Length).Clear();
        Length = length;
    }
}
