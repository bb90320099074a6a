using System.Diagnostics.CodeAnalysis;
using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// One credential and, if not the authority itself but an intermediate signed it, that intermediate: what travels in
/// handshakes and tickets. A chain is only a claim until <see cref="EnvironmentTrust.Verify"/> has judged it.
/// </summary>
public sealed class CredentialChain
{
    /// <summary>Count, and two records with their lengths.</summary>
    internal const int BytesMax = 1 + (2 * (2 + Credential.BytesMax));

    private readonly byte[] record;
    private readonly byte[]? intermediateRecord;

    private CredentialChain(Credential credential, byte[] record, Credential? intermediate, byte[]? intermediateRecord) =>
        (Credential, this.record, Intermediate, this.intermediateRecord) = (credential, record, intermediate, intermediateRecord);

    public Credential Credential { get; }

    public Credential? Intermediate { get; }

    /// <summary>Until when the chain is good: the earlier end of the two.</summary>
    public ulong NotAfter => Math.Min(Credential.NotAfter, Intermediate?.NotAfter ?? ulong.MaxValue);

    /// <summary>Reads a chain without judging it; false when it is not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out CredentialChain? chain)
    {
        chain = null;
        if (bytes.Length > BytesMax)
            return false;
        var reader = new SpanReader(bytes);
        int count = reader.U8();
        byte[] first = reader.Take(reader.U16()).ToArray();
        byte[]? second = count == 2 ? reader.Take(reader.U16()).ToArray() : null;
        if (reader.Failed || !reader.AtEnd || count is not (1 or 2))
            return false;
        chain = FromRecords(first, second);
        return chain is not null;
    }

    public byte[] ToBytes()
    {
        using var writer = new ByteWriter(BytesMax);
        writer.U8(intermediateRecord is null ? (byte)1 : (byte)2);
        writer.U16((ushort)record.Length);
        writer.Raw(record);
        if (intermediateRecord is not null)
        {
            writer.U16((ushort)intermediateRecord.Length);
            writer.Raw(intermediateRecord);
        }
        return writer.Written.ToArray();
    }

    /// <summary>Null when a record is damaged, or an intermediate stands where a holder must (or the other way round).</summary>
    internal static CredentialChain? FromRecords(byte[] record, byte[]? intermediateRecord)
    {
        Credential? credential = Credential.Read(record);
        if (credential is null || credential.IsIntermediate)
            return null;
        if (intermediateRecord is null)
            return new CredentialChain(credential, record, null, null);
        return Credential.Read(intermediateRecord) is { IsIntermediate: true } intermediate
            ? new CredentialChain(credential, record, intermediate, intermediateRecord)
            : null;
    }

    internal bool IsSigned(ReadOnlySpan<byte> authorityPublicKey) =>
        intermediateRecord is null
            ? Credential.IsSignedBy(record, authorityPublicKey)
            : Credential.IsSignedBy(intermediateRecord, authorityPublicKey) && Credential.IsSignedBy(record, Intermediate!.SigningKey.Span);
}
