using Tailer.Testing;

namespace Tailer.Disk.Tests;

public sealed class SystemFileTreeTests : FileTreeContract, IDisposable
{
    private readonly TempDirectory temp = new();

    protected override IFileTree Tree => SystemFileTree.Instance;

    protected override ITreeWriter Writer => SystemTreeWriter.Instance;

    protected override string Root => temp.Path;

    protected override bool IsPrivileged => Environment.IsPrivilegedProcess;

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Names_that_are_no_text_are_found_and_read_like_others()
    {
        Shell.Run(temp.Path, "d=$(printf 'd\\351'); mkdir $d; printf one >$d/$(printf 'caf\\351.log'); ln -s $(printf 'caf\\351.log') $d/link");
        string directory = At(@"d\xE9"), file = directory + @"/caf\xE9.log";
        Assert.Contains(directory, Tree.List(temp.Path)!.Select(e => e.Path));
        Assert.Equal([file, directory + "/link"], Tree.List(directory)!.Select(e => e.Path));
        Assert.Equal(FilePresence.There, Tree.Look(file, out FileStatus status));
        using IFileHandle open = Tree.Open(file);
        Assert.Equal((3, status.Identity, file), (status.Size, open.Status().Identity, open.Name));
        Assert.Equal(file, Tree.Resolve(directory + "/link"));
        Shell.Run(temp.Path, "rm -r d*");
    }

    [Fact]
    public void Opening_what_is_no_file_of_a_disk_does_not_wait_and_says_so()
    {
        Shell.Run(temp.Path, "mkfifo pipe; mkdir dir; ln -s /proc/uptime proc; ln -s /dev/zero zero");
        foreach (string name in (string[])["pipe", "dir", "proc", "zero"])
        {
            IOException e = Assert.Throws<IOException>(() => Tree.Open(At(name)));
            Assert.StartsWith("it is no file", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_link_leads_from_where_its_directory_really_is()
    {
        Shell.Run(temp.Path, "mkdir -p real/deep app; ln -s real/deep d; printf x >real/a.log; ln -s ../a.log d/link; ln -s ./b.log app/link; printf y >app/b.log");
        Assert.Equal(At("real/a.log"), Tree.Resolve(At("d/link")));
        Assert.Equal(At("app/b.log"), Tree.Resolve(At("app/link")));
    }

    [Fact]
    public void What_was_allocated_and_never_written_is_told_also_when_it_was_read()
    {
        Shell.Run(temp.Path, "printf line >hole; truncate -s 1M hole; fallocate -l 1M allocated || truncate -s 1M allocated; printf line | dd of=allocated conv=notrunc 2>/dev/null; head -c 1M /dev/zero >nuls; printf line >line");
        foreach (string name in (string[])["hole", "allocated"])
        {
            using IFileHandle file = Tree.Open(At(name));
            Assert.Equal(1 << 20, file.Read(new byte[2 << 20], 0));
            Assert.True(file.EndsInHole(4), name);
            Assert.True(file.EndsInHole(100_000), name);
            Assert.True(file.EndsInHole(1 << 20), name);
            Assert.False(file.EndsInHole((1 << 20) + 1), name);
            Shell.Run(temp.Path, $"printf x | dd of={name} conv=notrunc oflag=seek_bytes seek=500000 2>/dev/null; sync {name}");
            Assert.False(file.EndsInHole(100_000), name);
            Assert.True(file.EndsInHole(500_001), name);
        }
        foreach (string name in (string[])["nuls", "line"])
        {
            using IFileHandle file = Tree.Open(At(name));
            Assert.False(file.EndsInHole(0), name);
            Assert.False(file.EndsInHole(There(name).Size), name);
        }
    }

    /// <summary>The next stamp that the file system gives is another one.</summary>
    protected override void PassStep()
    {
        string probe = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Writer.Append(probe, "x"u8);
        Tree.Look(probe, out FileStatus first);
        FileStatus now;
        do
        {
            Writer.Append(probe, "x"u8);
            Tree.Look(probe, out now);
        }
        while (now.ModifiedNs <= first.ModifiedNs);
        Writer.Delete(probe);
    }
}
