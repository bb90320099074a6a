using System.Text;
using Tailer.Blocks;

namespace Tailer.Buck.Tests;

/// <summary>Makes real packets: each call one, of one source, its lines following those before.</summary>
internal sealed class Packets(string agent = "web-1", int bucketSeconds = 60, SourceView view = SourceView.Utf8)
{
    private EpochId epoch = EpochId.Read(Guid.NewGuid().ToByteArray());
    private readonly Dictionary<string, (SourceDescriptor Descriptor, ulong Offset)> sources = [];
    private ulong number;

    public static ulong Now => LogTime.Now(TimeProvider.System);

    public string Agent => agent;

    /// <summary>Makes the same packets of the same lines and times again.</summary>
    public int Seed
    {
        init => epoch = EpochId.Read(new Guid(value, 0, 0, new byte[8]).ToByteArray());
    }

    /// <summary>Of its sources and lines; null: as the agent.</summary>
    public string? Host { get; init; }

    /// <summary>Of its sources.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public Packet Make(IEnumerable<string> lines, ulong? sealedTime = null, string path = "/var/log/app.log", FrameFlags flags = FrameFlags.None, ulong? time = null, ulong timeStep = 1)
    {
        using var builder = new PacketBuilder();
        SourceDescriptor descriptor = Describe(path);
        ulong offset = sources.TryGetValue(path, out (SourceDescriptor, ulong Offset) known) ? known.Offset : 0;
        int source = builder.Source(descriptor.Id, descriptor);
        ulong eventTime = time ?? sealedTime ?? Now;
        foreach (string line in lines)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
            builder.Add(new Event
            {
                Source = source,
                Offset = offset,
                Bytes = bytes,
                Time = eventTime,
                Host = Host ?? agent,
                App = "app",
                Pid = 7,
                Severity = line.Contains("error", StringComparison.Ordinal) ? Severity.Error : Severity.Info,
            });
            offset += (ulong)bytes.Length;
            eventTime += timeStep;
        }
        sources[path] = (descriptor, offset);
        return builder.Seal(new PacketStamp
        {
            Agent = agent,
            Epoch = epoch,
            Number = number++,
            SealedTime = sealedTime ?? Now,
            BucketSeconds = bucketSeconds,
            Flags = flags,
        });
    }

    private SourceDescriptor Describe(string path) => new()
    {
        Id = SourceDescriptor.DeriveId(SourceKind.File, agent, 1, (ulong)path.Length, 1, 0, path),
        Agent = agent,
        Host = Host ?? agent,
        Path = path,
        View = view,
        Tags = Tags,
    };
}
