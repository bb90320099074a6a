using System.Text;
using Tailer.Blocks;

namespace Tailer.Porter.Tests;

/// <summary>Seals packets and states them in manifests, as an agent does.</summary>
internal sealed class TestAgent(string name)
{
    private readonly List<Packet> stated = [];
    private readonly Dictionary<SourceId, ulong> ends = [];
    private PacketId lastManifest;
    private ulong number;
    private ulong manifestNumber;
    private ulong lastSealed;

    /// <summary>Where the next manifest covers from.</summary>
    public ulong CoveredUntil { get; set; } = TestTimes.At(0);

    public SourceId Source(int file = 1) => SourceDescriptor.DeriveId(SourceKind.File, name, 1, (ulong)file, 5, 0, "");

    /// <summary>Seals lines that follow each other in a file; event times are the sealed time unless said otherwise.</summary>
    public Packet Seal(double atSeconds, string text, int file = 1, ulong? offset = null, double? eventSeconds = null, bool mayRepeat = false)
    {
        using var builder = new PacketBuilder();
        int source = builder.Source(Source(file), Describe(file), mayRepeat);
        ulong at = offset ?? ends.GetValueOrDefault(Source(file));
        for (int from = 0; from < text.Length;)
        {
            int end = text.IndexOf('\n', from) is >= 0 and int newline ? newline + 1 : text.Length;
            byte[] bytes = Encoding.UTF8.GetBytes(text[from..end]);
            builder.Add(new Event { Source = source, Offset = at, Bytes = bytes, Time = TestTimes.At(eventSeconds ?? atSeconds), Host = name, App = "" });
            at += (ulong)bytes.Length;
            from = end;
        }
        ends[Source(file)] = Math.Max(ends.GetValueOrDefault(Source(file)), at);
        Packet packet = builder.Seal(new PacketStamp
        {
            Agent = name,
            Epoch = new EpochId(9),
            Number = number++,
            SealedTime = TestTimes.At(atSeconds),
            BucketSeconds = TestTimes.BucketSeconds,
        });
        stated.Add(packet);
        lastSealed = packet.Header.SealedTime;
        return packet;
    }

    /// <summary>States what was sealed since the last manifest.</summary>
    public Manifest State(double untilSeconds, ManifestFlags flags = ManifestFlags.None, IReadOnlyList<Skip>? skips = null)
    {
        ulong until = TestTimes.At(untilSeconds);
        var manifest = new Manifest
        {
            Agent = name,
            Host = name,
            Epoch = new EpochId(9),
            Number = manifestNumber++,
            SealedTime = Math.Max(lastSealed, until),
            BucketSeconds = TestTimes.BucketSeconds,
            CoversFrom = CoveredUntil,
            CoversTo = until,
            Previous = lastManifest,
            Flags = flags,
            Packets = [.. stated.Select(packet => packet.Id).Order()],
            Sources = [.. stated.SelectMany(packet => packet.Header.Sources).GroupBy(range => range.Source).OrderBy(ranges => ranges.Key).Select(ranges => new ManifestSource
            {
                Descriptor = ranges.First().Descriptor!,
                From = ranges.Min(range => range.From),
                To = ranges.Max(range => range.To),
                Events = ranges.Sum(range => range.Events),
                Skips = skips ?? [],
            })],
        };
        lastManifest = Packet.IdOf(manifest.ToArray());
        CoveredUntil = until;
        stated.Clear();
        return manifest;
    }

    public SourceDescriptor Describe(int file = 1) =>
        new() { Id = Source(file), Agent = name, Host = name, Path = $"/var/log/{file}.log", Inode = (ulong)file };
}
