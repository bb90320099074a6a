using Tailer.Testing;

namespace Tailer.Disk.Tests;

/// <summary>A disk like any other, and what is left of it when the power goes.</summary>
public sealed class MemoryDiskTests : DiskContract
{
    private readonly MemoryDisk disk = new();

    public MemoryDiskTests()
    {
        disk.CreateDirectory(Temp.Path);
        for (string at = Temp.Path; at != "/"; at = Path.GetDirectoryName(at)!)
            disk.SyncDirectory(Path.GetDirectoryName(at)!);
    }

    protected override IDisk Disk => disk;

    [Fact]
    public void A_file_whose_name_was_not_synced_is_gone()
    {
        Put("a", "x");
        disk.LosePower();
        Assert.Null(disk.ReadAll(At("a")));
    }

    [Fact]
    public void A_file_whose_bytes_were_not_synced_is_empty()
    {
        using IDiskFile file = disk.OpenAppend(At("a"));
        file.Write("x"u8, 0);
        disk.SyncDirectory(Temp.Path);
        disk.LosePower();
        Assert.Equal([], disk.ReadAll(At("a"))!);
    }

    [Fact]
    public void What_was_synced_stays_and_what_came_after_goes()
    {
        using IDiskFile file = disk.OpenAppend(At("a"));
        file.Write("synced"u8, 0);
        file.Sync();
        disk.SyncDirectory(Temp.Path);
        file.Write("SYNCED and more"u8, 0);
        disk.LosePower();
        Assert.Equal("synced"u8, disk.ReadAll(At("a"))!);
    }

    [Fact]
    public void A_deletion_or_rename_that_was_not_synced_is_undone()
    {
        Put("a", "1");
        Put("b", "2");
        disk.SyncDirectory(Temp.Path);
        disk.Delete(At("a"));
        disk.Rename(At("b"), At("c"));
        disk.LosePower();
        Assert.Equal(["a", "b"], disk.List(Temp.Path));
    }

    [Fact]
    public void Files_opened_before_throw_afterwards()
    {
        using IDiskFile file = disk.OpenAppend(At("a"));
        disk.LosePower();
        Assert.Throws<PowerLostException>(() => file.Write("x"u8, 0));
        Assert.Throws<PowerLostException>(file.Sync);
        Assert.Throws<PowerLostException>(() => file.Read(new byte[1], 0));
    }

    [Fact]
    public void With_a_seed_any_part_of_what_was_not_synced_may_be_there_but_never_other_bytes()
    {
        byte[] old = [.. Enumerable.Repeat((byte)'o', 3000)];
        byte[] now = [.. Enumerable.Repeat((byte)'n', 5000)];
        var seen = new HashSet<string>();
        for (int seed = 0; seed < 200; seed++)
        {
            var torn = new MemoryDisk();
            torn.CreateDirectory("/d");
            torn.SyncDirectory("/");
            using IDiskFile file = torn.OpenAppend("/d/a");
            file.Write(old, 0);
            file.Sync();
            torn.SyncDirectory("/d");
            file.Write(now, 0);
            torn.LosePower(seed);
            byte[] left = torn.ReadAll("/d/a")!;
            Assert.InRange(left.Length, 3000, 5000);
            Assert.All(left, b => Assert.True(b is (byte)'o' or (byte)'n' or 0));
            Assert.DoesNotContain((byte)0, left[..3000]);
            seen.Add(Convert.ToHexString(left));
        }
        Assert.True(seen.Count > 50, $"only {seen.Count} different outcomes");
        Assert.Contains(Convert.ToHexString(old), seen);
    }

    [Fact]
    public void With_a_seed_a_rename_is_there_or_not_but_never_half()
    {
        var seen = new HashSet<string>();
        for (int seed = 0; seed < 50; seed++)
        {
            var torn = new MemoryDisk();
            torn.CreateDirectory("/d");
            torn.SyncDirectory("/");
            torn.OpenAppend("/d/a").Dispose();
            torn.SyncDirectory("/d");
            torn.Rename("/d/a", "/d/b");
            torn.LosePower(seed);
            seen.Add(string.Join(' ', torn.List("/d")));
        }
        Assert.Equal(["a", "b"], seen.Order());
    }

    [Fact]
    public void A_full_disk_takes_a_part_of_a_write_and_throws()
    {
        disk.CapacityBytes = 10;
        using IDiskFile file = disk.OpenAppend(At("a"));
        Assert.Throws<IOException>(() => file.Write(new byte[20], 0));
        Assert.Equal(10, file.Length);
        Assert.Equal(0, disk.FreeBytes(Temp.Path));
        file.Write(new byte[10], 0);
        disk.Delete(At("a"));
        Assert.Equal(10, disk.FreeBytes(Temp.Path));
    }
}
