using System.Globalization;

namespace Tailer.Wire;

/// <summary>Keys of a <see cref="Heartbeat"/>: what agents say and who shows it read. Listed in docs/formats/http.md, 4.3; keep in sync.</summary>
public static class HeartbeatKeys
{
    /// <summary>The host the agent follows files on.</summary>
    public const string Host = "host";

    /// <summary>Of the agent's software.</summary>
    public const string Version = "version";

    /// <summary>Files followed now.</summary>
    public const string Sources = "sources";

    /// <summary>For how many seconds the oldest record not yet delivered has waited; 0 when all is delivered.</summary>
    public const string LagSeconds = "lag_seconds";

    /// <summary>Bytes in files not read.</summary>
    public const string LagBytes = "lag_bytes";

    /// <summary>Paths with bytes that are not read.</summary>
    public const string FilesBehind = "files_behind";

    /// <summary>Files that cannot be read at present.</summary>
    public const string FilesFailing = "files_failing";

    /// <summary>Bytes in the spool not delivered.</summary>
    public const string SpoolBytes = "spool_bytes";

    /// <summary>Bytes of lines read since the agent started.</summary>
    public const string ReadBytes = "read_bytes";

    /// <summary>Lines and parts of lines read since the agent started.</summary>
    public const string Events = "events";

    /// <summary>Bytes deleted or truncated before they could be read.</summary>
    public const string LostBytes = "lost_bytes";

    /// <summary>Files that could not be opened or read.</summary>
    public const string ReadErrors = "read_errors";

    /// <summary>Packets that as many bucks as asked for have.</summary>
    public const string DeliveredPackets = "delivered_packets";

    /// <summary>Sends repeated at another buck or later.</summary>
    public const string Retries = "retries";

    /// <summary>Records of the spool that could not be read back.</summary>
    public const string Damaged = "damaged";

    /// <summary>Records that some buck has and that wait for further copies.</summary>
    public const string Owed = "owed";

    /// <summary>
    /// Of the path that is the i-th furthest behind, from 0: bytes not read, seconds since it was not behind, and the path, with a space
    /// between.
    /// </summary>
    public static string Behind(int i) => string.Create(CultureInfo.InvariantCulture, $"behind_{i + 1}");
}
