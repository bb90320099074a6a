using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>
/// An agent's reading side on a real directory or in memory, driven step by step. What it delivers is what is in its spool: the
/// collector reads the frames there.
/// </summary>
internal sealed class AgentRig : IDisposable
{
    public const int BucketSeconds = 10;

    /// <summary>At 256 KiB a round and source no test has so much to read.</summary>
    private const int RoundsMax = 10_000;

    private readonly Func<AgentRig, FileSet> set;
    private SpoolStore? spool;
    private PacketFiller? filler;

    public AgentRig(Func<AgentRig, FileSet>? set = null)
    {
        Root = Directory.CreateTempSubdirectory("tailer-agent-").FullName;
        Logs = Path.Combine(Root, "logs");
        State = Path.Combine(Root, "state");
        Clock = new MemoryClock(DateTimeOffset.UtcNow);
        Tree = SystemFileTree.Instance;
        Files = SystemTreeWriter.Instance;
        Disk = SystemDisk.Instance;
        Files.CreateDirectory(Logs);
        this.set = set ?? (rig => new FileSet { Include = PathGlob.Parse(Path.Combine(rig.Logs, "*.log")) });
    }

    /// <summary>In memory: files stamped by the rig's clock in steps, and a disk for the state that can lose its power.</summary>
    public AgentRig(MemoryFileTree tree, MemoryDisk disk, MemoryClock clock, Func<AgentRig, FileSet>? set = null)
    {
        Root = "/";
        Logs = "/logs";
        State = "/state";
        Clock = clock;
        Tree = tree;
        Files = tree;
        Disk = disk;
        Files.CreateDirectory(Logs);
        this.set = set ?? (rig => new FileSet { Include = PathGlob.Parse(Path.Combine(rig.Logs, "*.log")) });
    }

    public string Root { get; }

    public string Logs { get; }

    public string State { get; }

    public MemoryClock Clock { get; }

    /// <summary>The followed files as the agent sees them.</summary>
    public IFileTree Tree { get; }

    /// <summary>The same files, to be changed.</summary>
    public ITreeWriter Files { get; }

    /// <summary>The start of the machine.</summary>
    public string Boot { get; set; } = "boot 1";

    public ILogger Log { get; set; } = NullLogger.Instance;

    /// <summary>The power went while the spool was written.</summary>
    public bool MayBeDamaged { get; set; }

    public ReadOptions Options { get; set; } = new();

    /// <summary>Where the state is.</summary>
    public IDisk Disk { get; }

    public Finder Finder { get; private set; } = null!;

    public SourceReader Reader { get; private set; } = null!;

    public AgentCore Core { get; private set; } = null!;

    public SpoolStore Spool => spool!;

    /// <summary>In memory: an agent that is started is told of changes from then on. Else it looks at everything now and then.</summary>
    public bool IsTold { get; set; }

    /// <summary>What tells the running agent.</summary>
    public MemoryChangeNotices? Notices { get; private set; }

    public bool IsRunning => spool is not null;

    public string PathOf(string name) => Path.Combine(Logs, name);

    public void Start(long spoolBytesMax = 1 << 30)
    {
        var agent = new AgentName("agent-1", "host-1");
        spool = SpoolStore.Open(new SpoolSettings
        {
            Disk = Disk,
            StateDirectory = State,
            Agent = agent.Name,
            Host = agent.Host,
            BucketSeconds = BucketSeconds,
            Clock = Clock,
            BytesMax = spoolBytesMax,
        }, Log);
        filler = new PacketFiller(spool, Clock);
        Reader = new SourceReader(Tree, filler, Options, Clock, Log);
        Finder = new Finder(Tree, [set(this)], agent, Clock, Log) { StateIsNew = spool.StateWasLost, Boot = Boot, Hold = Reader.TryHold, OnFound = s => spool.NoteFound(s.Describe(), s.IsReplaced || s.File != s.Identity) };
        Finder.Restore(spool.Recovered.Values, FinderState.TryRead(spool.RecoveredFinder.Span));
        Notices = IsTold ? new MemoryChangeNotices((MemoryFileTree)Tree) : null;
        Core = new AgentCore(Finder, Reader, filler, spool, new Interest(Clock), Options, Clock, Log);
    }

    /// <summary>Everything the agent can do now, having looked at all files.</summary>
    public void Step()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(300));
        StepToEnd();
    }

    /// <summary>Lets time pass, with a look now and then.</summary>
    public void Pass(TimeSpan time)
    {
        for (int i = 0; i < 10; i++)
        {
            Clock.Advance(time / 10);
            StepToEnd();
        }
    }

    private void StepToEnd()
    {
        for (int i = 0; Core.Step(Notices); i++)
            Assert.True(i < RoundsMax, "the agent turns in circles");
    }

    /// <summary>Seals what is open; no checkpoint follows by itself.</summary>
    public void Seal() => filler!.SealAll();

    /// <summary>As kill -9 would: nothing is flushed, sealed or written.</summary>
    public void Kill()
    {
        foreach (FollowedSource source in Finder.Sources)
            source.Close();
        Notices?.Dispose();
        filler!.Dispose();
        spool!.Dispose();
        spool = null;
    }

    public void Stop()
    {
        Core.Stop();
        Kill();
    }

    public List<Packet> Packets() => [.. Records().Where(r => r.Type == RecordType.Packet).Select(r => Packet.TryRead(r.Body, out _)!)];

    public List<Manifest> Manifests() => [.. Records().Where(r => r.Type == RecordType.Manifest).Select(r => Manifest.TryRead(r.Body)!)];

    /// <summary>What was delivered, source by source; fails when a byte is there twice or out of order.</summary>
    public Dictionary<SourceId, DeliveredSource> Delivered()
    {
        var delivered = new Dictionary<SourceId, DeliveredSource>();
        using var block = new DecodedBlock();
        foreach (Packet packet in Packets())
        {
            Assert.Equal(BlockError.None, packet.TryDecode(block));
            for (int i = 0; i < block.Count; i++)
            {
                Event e = block[i];
                SourceRange range = packet.Header.Sources[e.Source];
                if (!delivered.TryGetValue(range.Source, out DeliveredSource? source))
                    delivered.Add(range.Source, source = new DeliveredSource(range.Descriptor!));
                source.Add(e);
            }
        }
        return delivered;
    }

    /// <summary>All bytes delivered for a path, following predecessors from the oldest source on.</summary>
    public string Cat(string name)
    {
        List<DeliveredSource> sources = [.. Delivered().Values.Where(s => s.Descriptor.Path == PathOf(name))];
        var text = new System.Text.StringBuilder();
        SourceId previous = default;
        while (sources.FirstOrDefault(s => s.Descriptor.Predecessor == previous || (previous.IsEmpty && sources.All(o => o.Descriptor.Id != s.Descriptor.Predecessor))) is { } next)
        {
            text.Append(next.Text);
            previous = next.Descriptor.Id;
            sources.Remove(next);
        }
        Assert.Empty(sources);
        return text.ToString();
    }

    public void Dispose()
    {
        if (IsRunning)
            Kill();
        if (Root != "/")
            Directory.Delete(Root, recursive: true);
    }

    private IEnumerable<(RecordType Type, byte[] Body)> Records()
    {
        string root = Path.Combine(State, "spool");
        foreach (string day in Disk.List(root))
        {
            foreach (string name in Disk.List(Path.Combine(root, day)))
            {
                using IDiskFile open = Disk.OpenRead(Path.Combine(root, day, name))!;
                using var reader = new BucketFileReader(open);
                while (reader.TryReadNext())
                    yield return (reader.Header.Type, reader.Body.ToArray());
                if (!MayBeDamaged)
                    Assert.Empty(reader.Damage);
            }
        }
    }
}
