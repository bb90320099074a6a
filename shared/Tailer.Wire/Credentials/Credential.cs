using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Wire;

/// <summary>
/// A signed statement: who the holder of two public keys is, in which environment, and for how long. The bytes are in
/// docs/formats/credential.md (keep in sync). An intermediate is the same record with a set of roles and a name pattern.
/// </summary>
public sealed record Credential
{
    internal const byte Version = 1;

    /// <summary>Fixed fields, two texts of at most 128 bytes with their lengths, and the signature.</summary>
    internal const int BytesMax = FixedBytes + (2 * (NamePattern.NameBytesMax + 2)) + Sodium.SignatureBytes;

    private const int FixedBytes = 116;

    /// <summary>An intermediate may only issue what its roles, name pattern, hosts and validity allow.</summary>
    public bool IsIntermediate { get; init; }

    public required EnvironmentId Environment { get; init; }

    public required CredentialSerial Serial { get; init; }

    /// <summary>The holder's role; <see cref="Role.None"/> for an intermediate.</summary>
    public Role Role { get; init; }

    /// <summary>The roles an intermediate may issue; empty for others.</summary>
    public RoleSet IssuedRoles { get; init; }

    public HostsPolicy Hosts { get; init; }

    /// <summary>The holder's name, or an intermediate's name pattern.</summary>
    public required string Name { get; init; }

    /// <summary>Valid from this time (10^-8 s since 1970) on.</summary>
    public required ulong NotBefore { get; init; }

    /// <summary>Valid until before this time (10^-8 s since 1970).</summary>
    public required ulong NotAfter { get; init; }

    /// <summary>X25519, for the channel; zeros for an intermediate.</summary>
    public required ReadOnlyMemory<byte> ChannelKey { get; init; }

    /// <summary>Ed25519, for tickets (or what an intermediate signs with); zeros if none.</summary>
    public required ReadOnlyMemory<byte> SigningKey { get; init; }

    internal bool CanSign => SigningKey.Span.ContainsAnyExcept((byte)0);

    /// <summary>May the holder send a line that claims this host?</summary>
    public bool MayClaim(string host) => Hosts.Allows(Name, host);

    /// <summary>The record with its signature.</summary>
    internal byte[] ToSignedBytes(ReadOnlySpan<byte> signerSecretKey)
    {
        using var writer = new ByteWriter(BytesMax);
        WriteBody(writer);
        Span<byte> signature = stackalloc byte[Sodium.SignatureBytes];
        Sodium.Sign(signature, WithContext(writer.Written), signerSecretKey);
        writer.Raw(signature);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a record without judging its signature; null when it is not one.</summary>
    internal static Credential? Read(ReadOnlySpan<byte> record)
    {
        if (record.Length is < FixedBytes + Sodium.SignatureBytes or > BytesMax || record[0] != Version || record[1] > 1)
            return null;
        var reader = new SpanReader(record[1..^Sodium.SignatureBytes]);
        bool intermediate = reader.U8() == 1;
        EnvironmentId environment = EnvironmentId.Read(reader.Take(EnvironmentId.Bytes));
        CredentialSerial serial = CredentialSerial.Read(reader.Take(CredentialSerial.Bytes));
        byte role = reader.U8();
        byte hosts = reader.U8();
        ulong notBefore = reader.U64();
        ulong notAfter = reader.U64();
        byte[] channelKey = reader.Take(Sodium.KeyBytes).ToArray();
        byte[] signingKey = reader.Take(Sodium.KeyBytes).ToArray();
        string name = reader.Text(NamePattern.NameBytesMax);
        string hostsPattern = reader.Text(NamePattern.NameBytesMax);
        if (reader.Failed || !reader.AtEnd || !IsSound(intermediate, role, name, hosts, hostsPattern))
            return null;
        return new Credential
        {
            IsIntermediate = intermediate,
            Environment = environment,
            Serial = serial,
            Role = intermediate ? Role.None : (Role)role,
            IssuedRoles = intermediate ? (RoleSet)role : RoleSet.None,
            Hosts = (HostsKind)hosts switch
            {
                HostsKind.Own => HostsPolicy.Own,
                HostsKind.Any => HostsPolicy.Any,
                _ => HostsPolicy.Matching(hostsPattern),
            },
            Name = name,
            NotBefore = notBefore,
            NotAfter = notAfter,
            ChannelKey = channelKey,
            SigningKey = signingKey,
        };
    }

    /// <summary>Is the record's signature this key's?</summary>
    internal static bool IsSignedBy(ReadOnlySpan<byte> record, ReadOnlySpan<byte> signerPublicKey) =>
        Sodium.Verify(record[^Sodium.SignatureBytes..], WithContext(record[..^Sodium.SignatureBytes]), signerPublicKey);

    internal CredentialFailure CheckTime(ulong now) =>
        now < NotBefore ? CredentialFailure.NotYetValid : now >= NotAfter ? CredentialFailure.Expired : CredentialFailure.None;

    private void WriteBody(ByteWriter writer)
    {
        Span<byte> id = stackalloc byte[EnvironmentId.Bytes];
        writer.U8(Version);
        writer.U8(IsIntermediate ? (byte)1 : (byte)0);
        Environment.WriteTo(id);
        writer.Raw(id);
        Serial.WriteTo(id);
        writer.Raw(id);
        writer.U8(IsIntermediate ? (byte)IssuedRoles : (byte)Role);
        writer.U8((byte)Hosts.Kind);
        writer.U64(NotBefore);
        writer.U64(NotAfter);
        writer.Raw(ChannelKey.Span);
        writer.Raw(SigningKey.Span);
        writer.Text(Name);
        writer.Text(Hosts.Pattern);
    }

    private static bool IsSound(bool intermediate, byte role, string name, byte hosts, string hostsPattern) =>
        (intermediate ? NamePattern.IsPattern(name) : NamePattern.IsName(name) && Roles.IsDefined((Role)role))
        && (HostsKind)hosts switch
        {
            HostsKind.Own or HostsKind.Any => hostsPattern.Length == 0,
            HostsKind.Pattern => NamePattern.IsPattern(hostsPattern),
            _ => false,
        };

    private static byte[] WithContext(ReadOnlySpan<byte> body) => [.. "tailer credential 1\0"u8, .. body];
}
