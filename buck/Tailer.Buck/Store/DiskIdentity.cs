using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>Which disk this is: <c>disk.json</c> in its directory, written once. docs/formats/disks.md.</summary>
internal sealed record DiskIdentity(
    [property: JsonRequired] int Version, [property: JsonRequired] string Id, [property: JsonRequired] int Number, [property: JsonRequired] string Environment, [property: JsonRequired] string Buck)
{
    public const string FileName = "disk.json";

    public const int CurrentVersion = 1;

    /// <summary>The wire has 16 bits for it.</summary>
    public const int NumberMax = ushort.MaxValue;

    private const int IdBytes = 16;

    /// <summary>For the choice of disks. Of a disk that is the only one, which needs no file, it is 0.</summary>
    [JsonIgnore]
    public ulong Seed => ulong.TryParse(Id.AsSpan(0, Math.Min(16, Id.Length)), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong seed) ? seed : 0;

    /// <summary>Of the data directory, as the only disk.</summary>
    public static DiskIdentity OnlyDisk { get; } = new(CurrentVersion, "", 0, "", "");

    public static DiskIdentity Create(int number, string environment, string buck) =>
        new(CurrentVersion, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), number, environment, buck);

    /// <summary>Null when there is none. Throws <see cref="IOException"/>, also for one that cannot be understood.</summary>
    public static DiskIdentity? Read(IDisk disk, string directory)
    {
        string path = Path.Combine(directory, FileName);
        if (disk.ReadAll(path) is not { } bytes)
            return null;
        try
        {
            DiskIdentity? identity = JsonSerializer.Deserialize(bytes, BuckJson.Default.DiskIdentity);
            return identity is { Version: CurrentVersion, Id.Length: 2 * IdBytes, Number: >= 0 and <= NumberMax }
                ? identity
                : throw new IOException($"{path} is of version {identity?.Version} or no identity of a disk; this buck knows version {CurrentVersion}");
        }
        catch (JsonException e)
        {
            throw new IOException($"{path} cannot be read ({e.Message}); put back the file that was there", e);
        }
    }

    public void Write(IDisk disk, string directory) =>
        AtomicFile.Write(disk, Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, BuckJson.Default.DiskIdentity));
}
