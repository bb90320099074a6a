using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>The token that people and scripts show, and the cookie value it is exchanged for.</summary>
internal sealed class AccessToken
{
    private const int CharsMin = 43;

    private readonly byte[] tokenHash;
    private readonly byte[] cookieHash;

    public AccessToken(string token)
    {
        tokenHash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        byte[] cookie = HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "tailer cookie 1"u8);
        CookieValue = Base64Url.EncodeToString(cookie);
        cookieHash = SHA256.HashData(Encoding.UTF8.GetBytes(CookieValue));
    }

    /// <summary>Derived from the token, so that archie needs no session list and a new token ends all cookies.</summary>
    public string CookieValue { get; }

    /// <summary>Reads the token file.</summary>
    /// <exception cref="FatalException">78 when it is missing, too short, or readable by others.</exception>
    public static AccessToken Load(string path)
    {
        string token = SecretFile.ReadText(path);
        if (token.Length < CharsMin || !token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new FatalException(ExitCode.Config, $"{path} must hold one token: 32 random bytes or more as base64url (43 characters of A-Z a-z 0-9 - _)");
        return new AccessToken(token);
    }

    public bool IsToken(string? text) => IsSame(text, tokenHash);

    public bool IsCookie(string? text) => IsSame(text, cookieHash);

    /// <summary>Hashes of one length are compared, so that time tells nothing of where they differ.</summary>
    private static bool IsSame(string? text, byte[] hash) =>
        text is { Length: > 0 and <= 512 } && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), hash);
}
