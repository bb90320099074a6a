namespace Tailer.Wire;

/// <summary>
/// Whom this process believes: one environment's authority and its list of revoked credentials. Immutable; a newer list
/// makes a new trust.
/// </summary>
public sealed class EnvironmentTrust
{
    private readonly byte[] authorityPublicKey;

    public EnvironmentTrust(ReadOnlySpan<byte> authorityPublicKey, RevocationList? revocations = null)
    {
        this.authorityPublicKey = authorityPublicKey.ToArray();
        Environment = EnvironmentId.Of(authorityPublicKey);
        Revocations = revocations ?? RevocationList.Empty;
    }

    public EnvironmentId Environment { get; }

    public RevocationList Revocations { get; }

    public ReadOnlySpan<byte> AuthorityPublicKey => authorityPublicKey;

    public EnvironmentTrust With(RevocationList revocations) => new(authorityPublicKey, revocations);

    /// <summary>
    /// Judges a chain at a time (10^-8 s since 1970). <see cref="CredentialFailure.None"/> means that the holder of its keys
    /// is who it says, now, in this environment.
    /// </summary>
    public CredentialFailure Verify(CredentialChain chain, ulong now)
    {
        Credential credential = chain.Credential;
        Credential? intermediate = chain.Intermediate;
        if (credential.Environment != Environment || (intermediate is not null && intermediate.Environment != Environment))
            return CredentialFailure.WrongAuthority;
        if (!chain.IsSigned(authorityPublicKey))
            return CredentialFailure.BadSignature;
        CredentialFailure failure = intermediate is null ? CredentialFailure.None : CheckConstraints(credential, intermediate, now);
        if (failure == CredentialFailure.None)
            failure = credential.CheckTime(now);
        if (failure != CredentialFailure.None)
            return failure;
        return Revocations.Contains(credential.Serial) || (intermediate is not null && Revocations.Contains(intermediate.Serial))
            ? CredentialFailure.Revoked
            : CredentialFailure.None;
    }

    private static CredentialFailure CheckConstraints(Credential credential, Credential intermediate, ulong now)
    {
        if (!intermediate.IssuedRoles.Contains(credential.Role))
            return CredentialFailure.RoleNotAllowed;
        if (!NamePattern.Matches(intermediate.Name, credential.Name))
            return CredentialFailure.NameNotAllowed;
        return credential.Hosts.IsWithin(intermediate.Hosts) ? intermediate.CheckTime(now) : CredentialFailure.HostsNotAllowed;
    }
}
