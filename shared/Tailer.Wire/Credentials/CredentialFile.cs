using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Wire;

/// <summary>
/// A holder's own credential with its secret keys: what a process loads at its start and hands to
/// <c>BuckConnection.ConnectAsync</c>, <c>BuckListener</c> and <see cref="Ticket.Issue"/>.
/// </summary>
public sealed class CredentialFile
{
    private const string Header = "tailer-credential-1";

    private readonly byte[] channelSecret;
    private readonly byte[] signingSecret;

    internal CredentialFile(CredentialChain chain, EnvironmentTrust trust, byte[] channelSecret, byte[] signingSecret)
    {
        Chain = chain;
        Trust = trust;
        this.channelSecret = channelSecret;
        this.signingSecret = signingSecret;
    }

    public Credential Credential => Chain.Credential;

    public CredentialChain Chain { get; }

    public EnvironmentId Environment => Trust.Environment;

    /// <summary>The environment's authority as the file names it, with no revocations; add them by <see cref="EnvironmentTrust.With"/>.</summary>
    public EnvironmentTrust Trust { get; }

    internal ReadOnlySpan<byte> ChannelSecret => channelSecret;

    /// <summary>Empty when the credential has no signing key.</summary>
    internal ReadOnlySpan<byte> SigningSecret => signingSecret;

    /// <summary>
    /// Reads the file. Throws <see cref="CredentialFileException"/> when it is missing, damaged, readable by others, or its
    /// keys do not belong to its credential. An expired one loads: the peer's refusal then says so.
    /// </summary>
    public static CredentialFile Load(string path)
    {
        CredentialText text = CredentialText.Load(path, Header, secret: true);
        byte[] authority = text.Bytes("authority", Sodium.KeyBytes);
        byte[] channelSecret = text.Bytes("channel-secret", Sodium.KeyBytes);
        byte[] signingSecret = text.All("signing-secret").Any() ? text.Bytes("signing-secret", Sodium.SignSecretKeyBytes) : [];
        if (!CredentialChain.TryRead(text.Bytes("chain", -1), out CredentialChain? chain))
            throw new CredentialFileException($"{path}: the chain is damaged; have the credential issued again");
        byte[] channelKey = new byte[Sodium.KeyBytes];
        Sodium.ScalarMultBase(channelKey, channelSecret);
        bool signs = chain.Credential.CanSign;
        if (!chain.Credential.ChannelKey.Span.SequenceEqual(channelKey) || signs != signingSecret.Length > 0
            || (signs && !chain.Credential.SigningKey.Span.SequenceEqual(signingSecret.AsSpan(Sodium.KeyBytes))))
            throw new CredentialFileException($"{path}: the secret keys are not those of the credential; have it issued again");
        return new CredentialFile(chain, new EnvironmentTrust(authority), channelSecret, signingSecret);
    }

    /// <summary>Writes the file with mode 0600. Throws <see cref="CredentialFileException"/>; an existing file only goes with <paramref name="replace"/>.</summary>
    public void Save(string path, bool replace = false)
    {
        var lines = new List<(string, string)>
        {
            ("authority", Convert.ToBase64String(Trust.AuthorityPublicKey)),
            ("chain", Convert.ToBase64String(Chain.ToBytes())),
            ("channel-secret", Convert.ToBase64String(channelSecret)),
        };
        if (signingSecret.Length > 0)
            lines.Add(("signing-secret", Convert.ToBase64String(signingSecret)));
        CredentialText.Save(path, Header, Describe(), lines, secret: true, replace);
    }

    private string Describe() =>
        $"{Credential.Role.Word()} {Credential.Name}, hosts {Credential.Hosts}, environment {Environment}, serial {Credential.Serial}, "
        + $"valid {LogTime.Format(Credential.NotBefore)} to {LogTime.Format(Credential.NotAfter)}";
}
