namespace Tailer.Wire;

/// <summary>
/// Which hosts a sender may speak for. <c>own</c> also takes the short form of a full name: a credential named
/// <c>web1.example.com</c> may bring lines of <c>web1</c>. Host names compare without case.
/// </summary>
public readonly record struct HostsPolicy
{
    private readonly string? pattern;

    private HostsPolicy(HostsKind kind, string? pattern) => (Kind, this.pattern) = (kind, pattern);

    public static HostsPolicy Own => new(HostsKind.Own, null);

    public static HostsPolicy Any => new(HostsKind.Any, null);

    public HostsKind Kind { get; }

    /// <summary>With <see cref="HostsKind.Pattern"/>: <c>*</c> is any run of characters, <c>?</c> any one. Empty otherwise.</summary>
    public string Pattern => pattern ?? "";

    public static HostsPolicy Matching(string pattern) => new(HostsKind.Pattern, pattern);

    /// <summary>Reads <c>own</c>, <c>any</c> or a pattern such as <c>*.example.com</c>.</summary>
    public static bool TryParse(string text, out HostsPolicy policy)
    {
        policy = text switch { "own" => Own, "any" => Any, _ => Matching(text) };
        return policy.Kind != HostsKind.Pattern || NamePattern.IsPattern(text);
    }

    /// <summary>May the holder of a credential with this name send a line that claims this host?</summary>
    public bool Allows(string credentialName, string host) => Kind switch
    {
        HostsKind.Any => true,
        HostsKind.Pattern => IsOwn(credentialName, host) || NamePattern.Matches(Pattern, host, ignoreCase: true),
        _ => IsOwn(credentialName, host),
    };

    /// <summary>True when everything this policy allows is surely allowed by <paramref name="outer"/>.</summary>
    public bool IsWithin(HostsPolicy outer) =>
        outer.Kind == HostsKind.Any || Kind == HostsKind.Own || (Kind == outer.Kind && Pattern == outer.Pattern);

    public override string ToString() => Kind switch { HostsKind.Own => "own", HostsKind.Any => "any", _ => Pattern };

    private static bool IsOwn(string name, string host) =>
        string.Equals(name, host, StringComparison.OrdinalIgnoreCase)
        || (host.Length > 0 && name.Length > host.Length && name[host.Length] == '.'
            && name.StartsWith(host, StringComparison.OrdinalIgnoreCase));
}
