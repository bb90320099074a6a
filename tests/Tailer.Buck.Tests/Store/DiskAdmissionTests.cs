using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class DiskAdmissionTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly List<DiskAdmission> opened = [];

    [Fact]
    public void Empty_directories_are_taken_at_their_first_use_and_numbered()
    {
        DiskAdmission admission = Open();
        StoreDisk a = Disk("a"), b = Disk("b"), data = Disk("data");

        Assert.Null(admission.TryAdmit(a));
        Assert.Null(admission.TryAdmit(b));
        Assert.Null(admission.TryAdmit(data));

        Assert.Equal([1, 2, 0], [a.Number, b.Number, data.Number]);
        Assert.NotEqual(a.Seed, b.Seed);
        Assert.Equal([0, 1, 2], admission.Known.Select(known => known.Number));
    }

    [Fact]
    public void A_disk_keeps_its_number_wherever_it_is_mounted_and_in_whatever_order()
    {
        DiskAdmission before = Open();
        StoreDisk a = Disk("a"), b = Disk("b");
        before.TryAdmit(a);
        before.TryAdmit(b);
        ulong seed = a.Seed;
        before.Dispose();
        Directory.Move(directory["a"], directory["c"]);
        Directory.Move(directory["b"], directory["a"]);

        DiskAdmission after = Open();
        StoreDisk nowB = Disk("a"), nowA = Disk("c");
        Assert.Null(after.TryAdmit(nowB));
        Assert.Null(after.TryAdmit(nowA));
        Assert.Equal([1, 2], [nowA.Number, nowB.Number]);
        Assert.Equal(seed, nowA.Seed);
    }

    /// <summary>What a mount point looks like without its disk.</summary>
    [Fact]
    public void An_empty_directory_where_a_disk_was_is_not_filled()
    {
        Open().TryAdmit(Disk("a"));
        Close();
        Directory.Move(directory["a"], directory["unmounted"]);

        foreach (bool isThere in new[] { false, true })
        {
            if (isThere)
                directory.Sub("a");
            string refused = Open().TryAdmit(Disk("a"))!;
            Assert.Contains("is not disk 1, which was there", refused, StringComparison.Ordinal);
            Assert.Contains("Mount the disk", refused, StringComparison.Ordinal);
            Assert.Equal(isThere, Directory.Exists(directory["a"]));
            Close();
        }
        Assert.Empty(Directory.GetFileSystemEntries(directory["a"]));

        Directory.Delete(directory["a"]);
        Directory.Move(directory["unmounted"], directory["a"]);
        StoreDisk back = Disk("a");
        Assert.Null(Open().TryAdmit(back));
        Assert.Equal(1, back.Number);
    }

    [Fact]
    public void An_empty_disk_takes_the_place_of_another_when_the_operator_says_so()
    {
        Open().TryAdmit(Disk("a"));
        Close();
        Directory.Delete(directory["a"], recursive: true);
        directory.Sub("a");
        File.WriteAllText(Path.Combine(directory["a"], DiskAdmission.NewDiskName), "");

        DiskAdmission admission = Open();
        StoreDisk replaced = Disk("a");
        Assert.Null(admission.TryAdmit(replaced));
        Assert.Equal(2, replaced.Number);
        Assert.False(File.Exists(Path.Combine(directory["a"], DiskAdmission.NewDiskName)));
        Assert.Equal([(1, ""), (2, directory["a"])], admission.Known.Select(known => (known.Number, known.Path)));
    }

    [Fact]
    public void Another_bucks_disk_is_refused()
    {
        Open("buck-2", "data-2").TryAdmit(Disk("a"));
        Close();

        Assert.Contains("belongs to buck buck-2 of environment test", Open().TryAdmit(Disk("a")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_another_process_has_locked_is_refused_and_taken_when_it_is_free()
    {
        directory.Sub("a");
        StateDirectory held = StateDirectory.Ensure(directory["a"]);
        DiskAdmission admission = Open();

        Assert.Contains("is in use by another process", admission.TryAdmit(Disk("a")), StringComparison.Ordinal);
        held.Dispose();
        Assert.Null(admission.TryAdmit(Disk("a")));
    }

    [Fact]
    public void A_directory_that_others_may_enter_is_refused_with_what_to_do()
    {
        Directory.CreateDirectory(directory["a"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);

        Assert.Contains("chmod 700", Open().TryAdmit(Disk("a")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_disk_at_two_paths_is_taken_once()
    {
        DiskAdmission admission = Open();
        admission.TryAdmit(Disk("a"));
        Directory.CreateSymbolicLink(directory["link"], directory["a"]);

        Assert.Contains($"is the same disk as {directory["a"]}", admission.TryAdmit(Disk("link")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_list_of_disks_gives_no_number_twice()
    {
        DiskAdmission before = Open();
        before.TryAdmit(Disk("a"));
        before.TryAdmit(Disk("b"));
        Close();
        File.Delete(Path.Combine(directory["data"], DiskBook.FileName));

        DiskAdmission after = Open();
        StoreDisk fresh = Disk("fresh"), a = Disk("a"), b = Disk("b");
        Assert.Null(after.TryAdmit(fresh));
        Assert.Null(after.TryAdmit(a));
        Assert.Null(after.TryAdmit(b));
        Assert.Equal(3, new[] { fresh.Number, a.Number, b.Number }.Distinct().Count());
        Close();
        StoreDisk again = Disk("a");
        Assert.Null(Open().TryAdmit(again));
        Assert.Equal(a.Number, again.Number);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"version\": 2, \"id\": \"00112233445566778899aabbccddeeff\", \"number\": 1, \"environment\": \"test\", \"buck\": \"buck-1\"}")]
    [InlineData("{\"version\": 1, \"id\": \"short\", \"number\": 1, \"environment\": \"test\", \"buck\": \"buck-1\"}")]
    [InlineData("{\"version\": 1, \"id\": \"00112233445566778899aabbccddeeff\", \"number\": 70000, \"environment\": \"test\", \"buck\": \"buck-1\"}")]
    public void An_identity_that_cannot_be_understood_is_not_written_over(string content)
    {
        directory.Sub("a");
        string path = Path.Combine(directory["a"], DiskIdentity.FileName);
        File.WriteAllText(path, content);

        Assert.Throws<IOException>(() => Open().TryAdmit(Disk("a")));
        Assert.Equal(content, File.ReadAllText(path));
    }

    public void Dispose()
    {
        Close();
        directory.Dispose();
    }

    private DiskAdmission Open(string buck = "buck-1", string data = "data")
    {
        if (!Directory.Exists(directory[data]))
            directory.Sub(data);
        var admission = new DiskAdmission(SystemDisk.Instance, directory[data], "test", buck, StateDirectory.Ensure);
        opened.Add(admission);
        return admission;
    }

    private void Close()
    {
        opened.ForEach(admission => admission.Dispose());
        opened.Clear();
    }

    private StoreDisk Disk(string name) => new(SystemDisk.Instance, new DiskOptions { Path = directory[name] }, identity: null);
}
