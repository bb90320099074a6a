using System.Text.Json.Serialization;

namespace Tailer.Reliability;

/// <summary>One file of the writer, from its creation or truncation to its rotation.</summary>
/// <param name="First">Number of its first line; the others follow.</param>
/// <param name="Lines">How many.</param>
/// <param name="Sha256">Hash of all its bytes, lower-case hex.</param>
/// <param name="Device">As statx(2) has it, major in the upper half.</param>
/// <param name="Inode">Likewise.</param>
/// <param name="BirthNs">Likewise, nanoseconds since the Unix epoch.</param>
internal sealed record Incarnation(long First, long Lines, string Sha256, ulong Device, ulong Inode, ulong BirthNs)
{
    [JsonIgnore]
    public long Bytes => Lines * LineMaker.Bytes;
}
