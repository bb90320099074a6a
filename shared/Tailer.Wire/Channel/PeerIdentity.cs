namespace Tailer.Wire;

/// <summary>Who is at the other end, proved by the handshake.</summary>
/// <param name="Chain">Its verified credential, and the intermediate that issued it, if one did.</param>
/// <param name="Software">What it calls itself, for the status page; not proved.</param>
public sealed record PeerIdentity(CredentialChain Chain, string Software)
{
    public Credential Credential => Chain.Credential;

    public Role Role => Credential.Role;

    public string Name => Credential.Name;

    public override string ToString() => $"{Role.Word()} {Name}";
}
