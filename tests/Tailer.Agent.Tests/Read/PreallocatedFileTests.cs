using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>Files that are made long first and written in place, as by loggers that preallocate or map them.</summary>
public sealed class PreallocatedFileTests : IDisposable
{
    private const int Allocated = 3_000_000;

    private readonly AgentRig rig = new();
    private readonly FileStream file;
    private string written = "";

    public PreallocatedFileTests()
    {
        // Where the file system does not allocate, a hole is as good.
        Shell.Run(rig.Logs, $"fallocate -l {Allocated} app.log || truncate -s {Allocated} app.log");
        file = new FileStream(rig.PathOf("app.log"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(5));
        Assert.Empty(rig.Delivered());
        Assert.Equal(0u, rig.Finder.Sources.Single().Incarnation);
    }

    public void Dispose()
    {
        file.Dispose();
        rig.Dispose();
    }

    [Fact]
    public void Lines_are_read_as_they_are_written_and_what_is_not_written_is_not_there()
    {
        WriteLines(300);
        Assert.Equal(written, Cat());
        // Its end is cut off when it is closed.
        file.SetLength(written.Length);
        rig.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(written, Cat());
        Assert.Equal(0u, Assert.Single(rig.Finder.Sources).Incarnation);
    }

    [Fact]
    public void When_nothing_more_can_be_written_the_file_is_read_as_it_is()
    {
        WriteLines(20);
        File.Move(rig.PathOf("app.log"), rig.PathOf("app.log.1"));
        File.WriteAllText(rig.PathOf("app.log"), "");
        rig.Step();
        WriteLines(20);
        Assert.Equal(written, Cat());
        rig.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(written + new string('\0', Allocated - written.Length), Cat());
    }

    [Fact]
    public void A_restart_and_a_truncation_lose_nothing_and_report_nothing()
    {
        WriteLines(20);
        rig.Stop();
        rig.Start();
        WriteLines(20);
        Assert.Equal(written, Cat());
        file.SetLength(0);
        rig.Step();
        file.Position = 0;
        WriteLines(1);
        Assert.Equal(written, Cat());
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Stop();
        Assert.All(rig.Manifests().SelectMany(m => m.Sources), s => Assert.Empty(s.Skips));
        rig.Start();
    }

    [Fact]
    public void The_last_NUL_of_a_line_in_UTF_16_is_no_hole()
    {
        using var wide = new AgentRig(r => new FileSet { Include = PathGlob.Parse(r.PathOf("*.log")), View = SourceView.Utf16Le });
        byte[] text = System.Text.Encoding.Unicode.GetBytes("\ufeff" + string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i} in UTF-16\n")));
        // Until it is on the disk, it counts as allocated and not written.
        Shell.Run(wide.Logs, $"fallocate -l {text.Length} app.log || truncate -s {text.Length} app.log");
        using var writer = new FileStream(wide.PathOf("app.log"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        writer.Write(text);
        wide.Start();
        wide.Step();
        Assert.Equal((ulong)text.Length, Assert.Single(wide.Finder.Sources).Position);
    }

    private void WriteLines(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string line = $"2026-03-01 12:00:00 INFO line {written.Length} of a file that was allocated first\n";
            file.Write(System.Text.Encoding.ASCII.GetBytes(line));
            written += line;
            Stamps.PassStep(rig.Root);
            rig.Step();
        }
    }

    private string Cat()
    {
        rig.Seal();
        return rig.Cat("app.log");
    }
}
