using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Bench;

/// <summary>What is sent to a buck while viewers watch: lines they look for, each with the time at which it was sent, and lines that nobody looks for.</summary>
internal sealed class ViewerLoad : IAsyncDisposable
{
    private const int OtherLines = 1300;

    private readonly BuckConnection watched;
    private readonly BuckConnection others;
    private readonly PacketBuilder builder = new();
    private readonly EpochId epoch = EpochId.Read(Guid.NewGuid().ToByteArray());
    private readonly SourceDescriptor source = Describe("agent"), otherSource = Describe("other");
    private readonly byte[][] otherText = [.. Enumerable.Range(0, OtherLines).Select(i => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"2026-11-28T12:00:00.{i % 1000:000}Z other app[7]: INFO request {i * 7919} of user {i % 97} took {i % 311} ms and was answered with status 200 by backend {i % 13}, which is what most lines are like in a busy log\n")))];

    private ulong number;
    private ulong offset;
    private ulong otherOffset;
    private int line;

    private ViewerLoad(BuckConnection watched, BuckConnection others)
    {
        this.watched = watched;
        this.others = others;
    }

    /// <summary>Lines that each query matched so far.</summary>
    public long LinesOfAQuery { get; private set; }

    public static async Task<ViewerLoad> ConnectAsync(Cluster cluster)
    {
        // An operator's credential speaks for any agent.
        return new ViewerLoad(await Connect("agent"), await Connect("operator"));

        Task<BuckConnection> Connect(string name) => IngestPart.ConnectAsync(cluster.BuckAddress(0), CredentialFile.Load(cluster.CredentialPath(name)));
    }

    /// <summary>Sends at these rates for that long. Packets are sent when their time has come and not faster; all are acknowledged at the end.</summary>
    public async Task<Outcome> RunAsync(TimeSpan time, int linesPerPacket, int packetsPerSecond, int othersPerSecond)
    {
        long begin = Stopwatch.GetTimestamp();
        long lines = LinesOfAQuery;
        var acks = new List<double>();
        Task<double> other = Task.Run(() => SendOthersAsync(begin, time, othersPerSecond));
        var waiting = new List<Task>();
        for (int i = 0; Stopwatch.GetElapsedTime(begin) < time; i++)
        {
            await UntilAsync(begin, i / (double)packetsPerSecond);
            waiting.Add(SendAsync(MakeWatched(linesPerPacket), acks));
        }
        await Task.WhenAll(waiting);
        double megabytes = await other;
        acks.Sort();
        return new Outcome(megabytes, Percentile.OfSorted(acks, 0.99), LinesOfAQuery - lines);
    }

    public async ValueTask DisposeAsync()
    {
        await watched.DisposeAsync();
        await others.DisposeAsync();
        builder.Dispose();
    }

    private async Task<double> SendOthersAsync(long begin, TimeSpan time, int perSecond)
    {
        using var own = new PacketBuilder();
        using var window = new SemaphoreSlim(8);
        long bytes = 0;
        var waiting = new List<Task>();
        for (int i = 0; Stopwatch.GetElapsedTime(begin) < time; i++)
        {
            await UntilAsync(begin, i / (double)perSecond);
            await window.WaitAsync();
            Packet packet = MakeOther(own);
            bytes += packet.Header.RawBytes;
            waiting.Add(SendWindowAsync(packet, window));
        }
        await Task.WhenAll(waiting);
        return bytes / 1e6 / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private async Task SendWindowAsync(Packet packet, SemaphoreSlim window)
    {
        await AppendAsync(others, packet);
        window.Release();
    }

    private async Task SendAsync(Packet packet, List<double> acks)
    {
        double ms = await AppendAsync(watched, packet);
        lock (acks)
            acks.Add(ms);
    }

    private static Task<double> AppendAsync(BuckConnection connection, Packet packet) =>
        IngestPart.AppendAsync(connection, new Append(packet.Id, 0, 1, AppendOptions.None, packet.Frame));

    private Packet MakeWatched(int lines)
    {
        int index = builder.Source(source.Id, source);
        double now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
        for (int i = 0; i < lines; i++, line++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"2026-11-28T12:00:00Z web1 app[7]: INFO ka{line % 10} kb{(line + (line / 10)) % 10} order {line} was placed sent={now:0.000} by a customer\n"));
            builder.Add(new Event { Source = index, Offset = offset, Bytes = bytes, Time = LogTime.Now(TimeProvider.System), Host = "web1", App = "app", Pid = 7, Severity = Severity.Info });
            offset += (ulong)bytes.Length;
        }
        LinesOfAQuery += lines / 10;
        return Seal(builder, "agent");
    }

    private Packet MakeOther(PacketBuilder own)
    {
        int index = own.Source(otherSource.Id, otherSource);
        foreach (byte[] bytes in otherText)
        {
            own.Add(new Event { Source = index, Offset = otherOffset, Bytes = bytes, Time = LogTime.Now(TimeProvider.System), Host = "other", App = "app", Pid = 7, Severity = Severity.Info });
            otherOffset += (ulong)bytes.Length;
        }
        return Seal(own, "other");
    }

    private Packet Seal(PacketBuilder from, string agent) => from.Seal(new PacketStamp
    {
        Agent = agent,
        Epoch = epoch,
        Number = Interlocked.Increment(ref number),
        SealedTime = LogTime.Now(TimeProvider.System),
        BucketSeconds = 60,
    });

    private static async Task UntilAsync(long begin, double seconds)
    {
        double wait = seconds - Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (wait > 0)
            await Task.Delay(TimeSpan.FromSeconds(wait));
    }

    private static SourceDescriptor Describe(string agent) => new()
    {
        Id = SourceDescriptor.DeriveId(SourceKind.File, agent, 1, 2, 3, 0, "/var/log/app.log"),
        Agent = agent,
        Host = agent,
        Path = "/var/log/app.log",
    };

    /// <summary>What one run gave.</summary>
    internal sealed record Outcome(double OthersMbS, double AckP99Ms, long LinesOfAQuery);
}
