namespace Tailer.Agent.Tests;

/// <summary>Bytes that grow at the end.</summary>
internal sealed class ByteList
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
}
