using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>The payload of handshake messages 2 and 3: who I am. Later fields may follow; they are ignored here.</summary>
internal sealed record HandshakePayload(CredentialChain Chain, string Software)
{
    public static byte[] Write(CredentialChain chain, string software)
    {
        using var writer = new ByteWriter(CredentialChain.BytesMax + WireLimits.SoftwareBytesMax + 8);
        writer.LengthPrefixed(chain.ToBytes());
        writer.Text(WireText.Cut(software, WireLimits.SoftwareBytesMax));
        return writer.Written.ToArray();
    }

    public static HandshakePayload? Read(ReadOnlySpan<byte> payload)
    {
        var reader = new SpanReader(payload);
        ReadOnlySpan<byte> chainBytes = reader.LengthPrefixed(CredentialChain.BytesMax);
        string software = reader.Text(WireLimits.SoftwareBytesMax);
        return !reader.Failed && CredentialChain.TryRead(chainBytes, out CredentialChain? chain) ? new HandshakePayload(chain, software) : null;
    }
}
