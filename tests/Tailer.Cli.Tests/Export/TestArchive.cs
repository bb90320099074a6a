using System.Text;
using Tailer.Blocks;
using Tailer.Cli.Reach;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Export;

/// <summary>An archive of real segments, and bucks that hold nothing.</summary>
internal sealed class TestArchive : IAsyncDisposable
{
    public const string Host = "web1";
    public const string Path = "/var/log/app.log";

    private readonly TempDirectory temp = new();
    private readonly SystemDisk disk = new();
    private BuckSet? bucks;

    public ArchiveSegments Segments => new(disk, temp.Path, "test");

    public string Folder => temp.Path;

    public static SourceDescriptor Source(uint number, SourceDescriptor? after = null, ulong? finalLength = null, string path = Path) => new()
    {
        Id = SourceDescriptor.DeriveId(SourceKind.File, "agent", 1, number, number, 0, ""),
        Agent = "agent",
        Host = Host,
        Path = path,
        BirthTimeNs = number,
        Predecessor = after?.Id ?? default,
        FinalLength = finalLength,
    };

    public static ulong Minute(int minute) => LogTime.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMinutes(minute));

    /// <summary>Seals one span's lines: each with its source and offset; its time is that of the span unless given.</summary>
    public void Seal(int minute, params (SourceDescriptor Source, ulong Offset, string Text)[] lines) => Seal(minute, [], lines);

    public void Seal(int minute, Manifest[] manifests, params (SourceDescriptor Source, ulong Offset, string Text)[] lines) =>
        Seal(minute, Limits.SegmentBlockEvents, manifests, lines);

    public void Seal(int minute, int blockEvents, Manifest[] manifests, params (SourceDescriptor Source, ulong Offset, string Text)[] lines)
    {
        SourceDescriptor[] sources = [.. lines.Select(l => l.Source).DistinctBy(s => s.Id).OrderBy(s => s.Id)];
        ulong start = Minute(minute);
        string folder = System.IO.Path.Combine(temp.Path, Names.Span("test", start, LogTime.PerMinute));
        disk.CreateDirectory(folder);
        string draft = System.IO.Path.Combine(folder, "draft");
        SegmentFooter footer;
        using (IDiskFile file = disk.OpenAppend(draft))
        using (var writer = new SegmentWriter(file, new SegmentFooter { Environment = "test", SpanStart = start, SpanWidth = LogTime.PerMinute, Kind = SegmentKind.Sealed, Sources = [.. sources.Select(s => new SegmentSource(s, 0, []))] }, 1, blockEvents))
        {
            foreach ((SourceDescriptor source, ulong offset, string text) in lines)
                writer.Add(new Event { Source = Array.IndexOf(sources, source), Offset = offset, Bytes = Encoding.UTF8.GetBytes(text), Time = start, Host = Host });
            footer = writer.Finish(f => f with { Manifests = [.. manifests.Select(m => m.ToArray())] });
        }

        disk.Rename(draft, System.IO.Path.Combine(folder, Names.Segment(footer.EventTimeMin, footer.EventTimeMax, footer.ContentHash, strays: false)));
    }

    public async Task<BuckInventory> NoBucks()
    {
        using var authority = Tailer.Wire.EnvironmentAuthority.Create();
        string credential = temp["operator.credential"];
        authority.Issue(Tailer.Wire.Role.Operator, "operator", Tailer.Wire.HostsPolicy.Own, TimeSpan.FromDays(1), TimeProvider.System).Save(credential, replace: true);
        bucks ??= await BuckSet.ConnectAsync(new Target("test", new Uri("http://127.0.0.1:1"), "", credential, [], temp.Path, TimeSpan.FromMinutes(1)), CancellationToken.None);
        return new BuckInventory(bucks);
    }

    public async ValueTask DisposeAsync()
    {
        if (bucks is not null)
            await bucks.DisposeAsync();
        temp.Dispose();
    }
}
