namespace Tailer.Wire;

/// <summary>Whose lines a credential's holder may bring; ordered from narrow to wide.</summary>
public enum HostsKind
{
    /// <summary>Only lines of the host that the credential is named after.</summary>
    Own = 0,

    /// <summary>Lines of hosts that match a pattern, besides its own.</summary>
    Pattern = 1,

    /// <summary>Lines of any host.</summary>
    Any = 2,
}
