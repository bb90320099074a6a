using Tailer.Wire.Noise;

namespace Tailer.Wire;

/// <summary>Which library encrypts large records in this process.</summary>
public static class WireCrypto
{
    /// <summary>
    /// Has the system's OpenSSL encrypt and decrypt large records; for servers, which have one because .NET's web server wants it. False when
    /// there is none: then libsodium does, as everywhere else.
    /// </summary>
    public static bool TryUseSystem()
    {
        if (!SystemCipher.IsThere)
            return false;
        LargeCipher.Make = static key => new SystemCipher(key);
        return true;
    }
}
