namespace Tailer.Wire;

/// <summary>What is wrong with a credential chain. The numbers are on the wire; see docs/formats/credential.md.</summary>
public enum CredentialFailure
{
    None = 0,

    /// <summary>Not a chain of a version this code knows.</summary>
    Malformed = 1,

    /// <summary>Made for another environment.</summary>
    WrongAuthority = 2,

    /// <summary>Altered, or signed by somebody else.</summary>
    BadSignature = 3,

    Expired = 4,

    NotYetValid = 5,

    /// <summary>The role is not what is wanted here, or not what its intermediate may issue.</summary>
    RoleNotAllowed = 6,

    /// <summary>The name is outside its intermediate's pattern.</summary>
    NameNotAllowed = 7,

    /// <summary>The hosts policy is wider than its intermediate may issue.</summary>
    HostsNotAllowed = 8,

    Revoked = 9,

    /// <summary>The key proved in the handshake is not the credential's.</summary>
    KeyMismatch = 10,
}
