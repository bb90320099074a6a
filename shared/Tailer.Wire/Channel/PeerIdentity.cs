namespace Tailer.Wire;

/// <summary>Who is at the other end, proved by the handshake.</summary>
/// <param name="Credential">Its verified credential: role, name, hosts policy, serial.</param>
/// <param name="Software">What it calls itself, for the status page; not proved.</param>
public sealed record PeerIdentity(Credential Credential, string Software)
{
    public Role Role => Credential.Role;

    public string Name => Credential.Name;

    public override string ToString() => $"{Role.Word()} {Name}";
}
