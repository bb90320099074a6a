using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Wire;

/// <summary>
/// Serials of credentials that are no longer good, signed by the authority. The file is text: one serial a line, and the
/// signature at the end. Whoever reloads it must not go back to an older <see cref="Issued"/>.
/// </summary>
public sealed class RevocationList
{
    public const int SerialsMax = 100_000;

    private const string Header = "tailer-revoked-1";

    private readonly FrozenSet<CredentialSerial> serials;

    private RevocationList(FrozenSet<CredentialSerial> serials, ulong issued) => (this.serials, Issued) = (serials, issued);

    public static RevocationList Empty { get; } = new(FrozenSet<CredentialSerial>.Empty, 0);

    /// <summary>When it was signed (10^-8 s since 1970); 0 for the empty list.</summary>
    public ulong Issued { get; }

    public IReadOnlyCollection<CredentialSerial> Serials => serials;

    public bool Contains(CredentialSerial serial) => serials.Contains(serial);

    /// <summary>Reads and verifies the file. Throws <see cref="CredentialFileException"/> that says what is wrong with it.</summary>
    public static RevocationList Load(string path, EnvironmentTrust trust)
    {
        CredentialText text = CredentialText.Load(path, Header, secret: false);
        if (!ulong.TryParse(text.Single("issued"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong issued))
            throw new CredentialFileException($"{path}: the value of 'issued' is not a number; sign the list again");
        var serials = new HashSet<CredentialSerial>();
        foreach (string line in text.All("revoked"))
        {
            if (!CredentialSerial.TryParse(line, out CredentialSerial serial) || serials.Count == SerialsMax)
                throw new CredentialFileException($"{path}: '{line}' is not a serial of 32 hex digits, or there are more than {SerialsMax}");
            serials.Add(serial);
        }
        byte[] signature = text.Bytes("signature", Sodium.SignatureBytes);
        if (!Sodium.Verify(signature, SignedBytes(trust.Environment, issued, serials), trust.AuthorityPublicKey))
            throw new CredentialFileException(
                $"{path}: the signature is not of environment {trust.Environment}; sign the list with that environment's authority key");
        return new RevocationList(serials.ToFrozenSet(), issued);
    }

    internal static void Save(string path, EnvironmentId environment, IEnumerable<CredentialSerial> serials, ulong issued, ReadOnlySpan<byte> secretKey)
    {
        HashSet<CredentialSerial> distinct = [.. serials];
        byte[] signature = new byte[Sodium.SignatureBytes];
        Sodium.Sign(signature, SignedBytes(environment, issued, distinct), secretKey);
        var lines = new List<(string, string)> { ("issued", issued.ToString(CultureInfo.InvariantCulture)) };
        lines.AddRange(Sorted(distinct).Select(serial => ("revoked", serial.ToString())));
        lines.Add(("signature", Convert.ToBase64String(signature)));
        CredentialText.Save(path, Header, $"revoked in environment {environment}, {LogTime.Format(issued)}", lines, secret: false, replace: true);
    }

    private static byte[] SignedBytes(EnvironmentId environment, ulong issued, IEnumerable<CredentialSerial> serials)
    {
        StringBuilder text = new StringBuilder("tailer revoked 1\0")
            .Append(environment.ToString()).Append('\n').Append(CultureInfo.InvariantCulture, $"{issued}\n");
        foreach (CredentialSerial serial in Sorted(serials))
            text.Append(serial.ToString()).Append('\n');
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static IEnumerable<CredentialSerial> Sorted(IEnumerable<CredentialSerial> serials) => serials.OrderBy(serial => serial.Value);
}
