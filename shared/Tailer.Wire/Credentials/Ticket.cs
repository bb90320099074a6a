using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Wire;

/// <summary>
/// Short-lived permission to query over HTTP, signed by an archie or an operator and verified by any buck from the
/// environment's public key alone. Bytes: docs/formats/credential.md (keep in sync); text: base64url without padding.
/// </summary>
public static class Ticket
{
    public const int CharsMax = 4096;
    public const int RightsBytesMax = 1024;
    public const int SubjectBytesMax = 128;
    public const int AudienceBytesMax = 64;

    internal const RoleSet SignerRoles = RoleSet.Archie | RoleSet.Operator;

    private const byte Version = 1;

    /// <summary>Clocks of the issuer and of bucks may differ by this much.</summary>
    private const ulong ClockSlack = 5 * LogTime.PerMinute;

    /// <summary>"Short-lived" is enforced, so that a stolen ticket is worth little.</summary>
    public static TimeSpan LifetimeMax { get; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Issues a ticket. <paramref name="rights"/> is a query text, <paramref name="subject"/> names the bearer in logs,
    /// <paramref name="audience"/> limits it to verifiers that ask for the same (empty: all). Throws
    /// <see cref="ArgumentException"/> for too long texts or lifetime, or a credential that may not sign.
    /// </summary>
    public static string Issue(
        CredentialFile signer, string rights, TimeSpan lifetime, TimeProvider clock, string subject = "", string audience = "")
    {
        if (signer.SigningSecret.IsEmpty || !SignerRoles.Contains(signer.Credential.Role))
            throw new ArgumentException($"{signer.Credential.Role.Word()} {signer.Credential.Name} may not sign tickets; an archie or operator may", nameof(signer));
        if (lifetime <= TimeSpan.Zero || lifetime > LifetimeMax)
            throw new ArgumentException($"a ticket lives more than 0 and at most {LifetimeMax}, not {lifetime}", nameof(lifetime));
        ulong now = LogTime.Now(clock);
        using var writer = new ByteWriter(2048);
        Span<byte> id = stackalloc byte[EnvironmentId.Bytes];
        signer.Environment.WriteTo(id);
        writer.U8(Version);
        writer.Raw(id);
        writer.U64(now);
        writer.U64(now + LogTime.FromTimeSpan(lifetime));
        WriteText(writer, subject, SubjectBytesMax, nameof(subject));
        WriteText(writer, audience, AudienceBytesMax, nameof(audience));
        WriteText(writer, rights, RightsBytesMax, nameof(rights));
        writer.LengthPrefixed(signer.Chain.ToBytes());
        Span<byte> signature = stackalloc byte[Sodium.SignatureBytes];
        Sodium.Sign(signature, WithContext(writer.Written), signer.SigningSecret);
        writer.Raw(signature);
        return Base64Url.EncodeToString(writer.Written);
    }

    /// <summary>
    /// Judges a ticket; never throws for bad input. <paramref name="audience"/> is what this verifier is: a ticket for
    /// another one is refused, a ticket for all is not. About 0.2 ms; keep the result as long as the request.
    /// </summary>
    public static TicketResult Verify(string? text, EnvironmentTrust trust, TimeProvider clock, string audience = "")
    {
        if (string.IsNullOrEmpty(text) || text.Length > CharsMax || !TryDecode(text, out byte[] bytes) || bytes.Length <= Sodium.SignatureBytes)
            return Bad(TicketStatus.Malformed);
        ReadOnlySpan<byte> body = bytes.AsSpan(0, bytes.Length - Sodium.SignatureBytes);
        var reader = new SpanReader(body);
        byte version = reader.U8();
        ReadOnlySpan<byte> environment = reader.Take(EnvironmentId.Bytes);
        ulong issued = reader.U64();
        ulong expires = reader.U64();
        string subject = reader.Text(SubjectBytesMax);
        string ticketAudience = reader.Text(AudienceBytesMax);
        string rights = reader.Text(RightsBytesMax);
        ReadOnlySpan<byte> chainBytes = reader.LengthPrefixed(CredentialChain.BytesMax);
        if (version != Version || reader.Failed || !reader.AtEnd || !CredentialChain.TryRead(chainBytes, out CredentialChain? chain))
            return Bad(TicketStatus.Malformed);
        if (EnvironmentId.Read(environment) != trust.Environment)
            return Bad(TicketStatus.OtherEnvironment);
        ulong now = LogTime.Now(clock);
        CredentialFailure failure = trust.Verify(chain, now);
        if (failure == CredentialFailure.None && !(SignerRoles.Contains(chain.Credential.Role) && chain.Credential.CanSign))
            failure = CredentialFailure.RoleNotAllowed;
        if (failure != CredentialFailure.None)
            return Bad(TicketStatus.SignerRefused, failure);
        if (!Sodium.Verify(bytes.AsSpan(body.Length), WithContext(body), chain.Credential.SigningKey.Span))
            return Bad(TicketStatus.BadSignature);
        TicketStatus status = CheckTimes(issued, expires, now);
        if (status == TicketStatus.Valid && ticketAudience.Length > 0 && ticketAudience != audience)
            status = TicketStatus.OtherAudience;
        return status == TicketStatus.Valid ? new TicketResult(status, rights, subject, expires) : Bad(status);
    }

    private static TicketStatus CheckTimes(ulong issued, ulong expires, ulong now)
    {
        if (issued > now + ClockSlack)
            return TicketStatus.NotYetValid;
        if (expires <= now)
            return TicketStatus.Expired;
        return expires < issued || expires - issued > LogTime.FromTimeSpan(LifetimeMax) ? TicketStatus.TooLong : TicketStatus.Valid;
    }

    private static TicketResult Bad(TicketStatus status, CredentialFailure failure = CredentialFailure.None) => new(status, "", "", 0, failure);

    /// <summary>Only the one spelling that <see cref="Issue"/> makes: no white space, no padding.</summary>
    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (!text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return false;
        byte[] decoded = new byte[text.Length];
        OperationStatus status = Base64Url.DecodeFromChars(text, decoded, out _, out int written);
        bytes = decoded[..written];
        return status == OperationStatus.Done;
    }

    private static void WriteText(ByteWriter writer, string text, int bytesMax, string name)
    {
        if (Encoding.UTF8.GetByteCount(text) > bytesMax)
            throw new ArgumentException($"{name} of a ticket may have at most {bytesMax} bytes", name);
        writer.Text(text);
    }

    private static byte[] WithContext(ReadOnlySpan<byte> body) => [.. "tailer ticket 1\0"u8, .. body];
}
