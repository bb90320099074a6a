using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Wire;

/// <summary>
/// What may issue credentials: an environment's authority, or one intermediate that it constrained to some roles, a name
/// pattern, hosts and a validity. Its file is the most secret of an environment; no daemon needs it.
/// </summary>
/// <example>
/// <code>
/// var authority = EnvironmentAuthority.Create();
/// authority.Save("prod.authority");
/// authority.Issue(Role.Agent, "web1", HostsPolicy.Own, TimeSpan.FromDays(365), TimeProvider.System).Save("web1.credential");
/// </code>
/// </example>
public sealed class EnvironmentAuthority : IDisposable
{
    private const string Header = "tailer-authority-1";
    private const string IntermediateHeader = "tailer-intermediate-1";

    /// <summary>Clocks differ; a credential is good on a host whose clock is this much behind the issuer's.</summary>
    private const ulong ClockSlack = 10 * LogTime.PerMinute;

    private readonly byte[] secretKey;
    private readonly byte[]? intermediateRecord;

    private EnvironmentAuthority(byte[] authorityPublicKey, byte[] secretKey, byte[]? intermediateRecord)
    {
        Trust = new EnvironmentTrust(authorityPublicKey);
        this.secretKey = secretKey;
        this.intermediateRecord = intermediateRecord;
        Intermediate = intermediateRecord is null ? null : Credential.Read(intermediateRecord);
    }

    public EnvironmentId Environment => Trust.Environment;

    public EnvironmentTrust Trust { get; }

    /// <summary>The constraints of an intermediate; null for the authority itself.</summary>
    public Credential? Intermediate { get; }

    /// <summary>A new environment.</summary>
    public static EnvironmentAuthority Create()
    {
        byte[] publicKey = new byte[Sodium.KeyBytes];
        byte[] secretKey = new byte[Sodium.SignSecretKeyBytes];
        Sodium.SignKeyPair(publicKey, secretKey);
        return new EnvironmentAuthority(publicKey, secretKey, null);
    }

    /// <summary>Reads an authority's or an intermediate's file. Throws <see cref="CredentialFileException"/>.</summary>
    public static EnvironmentAuthority Load(string path)
    {
        bool intermediate = CredentialText.StartsWith(path, IntermediateHeader);
        CredentialText text = CredentialText.Load(path, intermediate ? IntermediateHeader : Header, secret: true);
        byte[] secretKey = text.Bytes("secret", Sodium.SignSecretKeyBytes);
        byte[] publicKey = text.Bytes("authority", Sodium.KeyBytes);
        byte[]? record = intermediate ? text.Bytes("intermediate", -1) : null;
        ReadOnlySpan<byte> expected = publicKey;
        if (record is not null)
            expected = Credential.Read(record) is { IsIntermediate: true } constraints ? constraints.SigningKey.Span : default;
        if (!expected.SequenceEqual(secretKey.AsSpan(Sodium.KeyBytes)))
            throw new CredentialFileException($"{path}: the secret key does not belong to the public one; restore the file from its backup");
        return new EnvironmentAuthority(publicKey, secretKey, record);
    }

    /// <summary>Writes the file with mode 0600; an existing file is never overwritten.</summary>
    public void Save(string path)
    {
        var lines = new List<(string, string)>
        {
            ("authority", Convert.ToBase64String(Trust.AuthorityPublicKey)),
            ("secret", Convert.ToBase64String(secretKey)),
        };
        if (intermediateRecord is not null)
            lines.Insert(1, ("intermediate", Convert.ToBase64String(intermediateRecord)));
        string what = Intermediate is null
            ? "authority"
            : $"intermediate for {Intermediate.IssuedRoles} named {Intermediate.Name}, until {LogTime.Format(Intermediate.NotAfter)},";
        CredentialText.Save(path, Intermediate is null ? Header : IntermediateHeader, $"{what} of environment {Environment}: keep it secret",
            lines, secret: true, replace: false);
    }

    /// <summary>
    /// Issues a credential with fresh keys, valid from ten minutes ago. Throws <see cref="ArgumentException"/> for a bad name,
    /// and for what an intermediate's constraints do not allow. Archies and operators get a key for signing tickets.
    /// </summary>
    public CredentialFile Issue(Role role, string name, HostsPolicy hosts, TimeSpan validity, TimeProvider clock)
    {
        if (!Roles.IsDefined(role))
            throw new ArgumentException("a credential needs a role", nameof(role));
        if (!NamePattern.IsName(name))
            throw new ArgumentException($"'{name}' is not a name: 1 to {NamePattern.NameBytesMax} of A-Z a-z 0-9 . - _", nameof(name));
        byte[] channelKey = new byte[Sodium.KeyBytes];
        byte[] channelSecret = new byte[Sodium.KeyBytes];
        byte[] signingKey = new byte[Sodium.KeyBytes];
        byte[] signingSecret = Ticket.SignerRoles.Contains(role) ? new byte[Sodium.SignSecretKeyBytes] : [];
        Sodium.BoxKeyPair(channelKey, channelSecret);
        if (signingSecret.Length > 0)
            Sodium.SignKeyPair(signingKey, signingSecret);
        ulong now = LogTime.Now(clock);
        byte[] record = new Credential
        {
            Environment = Environment,
            Serial = CredentialSerial.Create(),
            Role = role,
            Hosts = hosts,
            Name = name,
            NotBefore = now - ClockSlack,
            NotAfter = now + LogTime.FromTimeSpan(validity),
            ChannelKey = channelKey,
            SigningKey = signingKey,
        }.ToSignedBytes(secretKey);
        CredentialChain chain = CredentialChain.FromRecords(record, intermediateRecord)
            ?? throw new ArgumentException($"hosts '{hosts}' is not own, any or a pattern of A-Z a-z 0-9 . - _ * ?", nameof(hosts));
        CredentialFailure failure = Trust.Verify(chain, now);
        if (failure is not (CredentialFailure.None or CredentialFailure.Expired))
            throw new ArgumentException($"this intermediate may not issue {role.Word()} {name} with hosts {hosts}: {failure}", nameof(role));
        return new CredentialFile(chain, Trust, channelSecret, signingSecret);
    }

    /// <summary>An intermediate that may issue credentials of these roles, with names that match the pattern, for that long.</summary>
    public EnvironmentAuthority IssueIntermediate(RoleSet roles, string namePattern, HostsPolicy hosts, TimeSpan validity, TimeProvider clock)
    {
        if (Intermediate is not null)
            throw new InvalidOperationException("an intermediate cannot make another one; use the authority's key");
        if (!NamePattern.IsPattern(namePattern))
            throw new ArgumentException($"'{namePattern}' is not a name pattern of A-Z a-z 0-9 . - _ * ?", nameof(namePattern));
        byte[] publicKey = new byte[Sodium.KeyBytes];
        byte[] intermediateSecret = new byte[Sodium.SignSecretKeyBytes];
        Sodium.SignKeyPair(publicKey, intermediateSecret);
        ulong now = LogTime.Now(clock);
        byte[] record = new Credential
        {
            IsIntermediate = true,
            Environment = Environment,
            Serial = CredentialSerial.Create(),
            IssuedRoles = roles & RoleSet.All,
            Hosts = hosts,
            Name = namePattern,
            NotBefore = now - ClockSlack,
            NotAfter = now + LogTime.FromTimeSpan(validity),
            ChannelKey = new byte[Sodium.KeyBytes],
            SigningKey = publicKey,
        }.ToSignedBytes(secretKey);
        return new EnvironmentAuthority(Trust.AuthorityPublicKey.ToArray(), intermediateSecret, record);
    }

    /// <summary>Writes the list of revoked serials, signed; it replaces the older list and should contain it.</summary>
    public void SaveRevocations(string path, IEnumerable<CredentialSerial> serials, TimeProvider clock)
    {
        if (Intermediate is not null)
            throw new InvalidOperationException("only the authority's key signs revocations");
        RevocationList.Save(path, Environment, serials, LogTime.Now(clock), secretKey);
    }

    public void Dispose() => Sodium.Zero(secretKey);
}
