using Tailer.Testing;

namespace Tailer.Disk.Tests;

/// <summary>Without faults it is a disk like any other; with one, the rest stays as it was.</summary>
public sealed class FaultyDiskTests : DiskContract
{
    private readonly FaultyDisk disk;

    public FaultyDiskTests()
    {
        var memory = new MemoryDisk();
        memory.CreateDirectory(Temp.Path);
        disk = new FaultyDisk(memory);
    }

    protected override IDisk Disk => disk;

    [Fact]
    public void The_chosen_operation_fails_and_the_next_works()
    {
        using IDiskFile file = disk.OpenAppend(At("a"));
        file.Write("1234"u8, 0);
        disk.FailAt = 3;
        Assert.Throws<IOException>(() => file.Write("abcd"u8, 4));
        Assert.Equal(6, file.Length);
        file.Write("abcd"u8, 4);
        Assert.Equal("1234abcd"u8, disk.ReadAll(At("a"))!);
    }

    [Fact]
    public void A_broken_disk_stays_broken_until_repaired()
    {
        disk.FailAt = 1;
        disk.StaysBroken = true;
        Assert.Throws<IOException>(() => disk.Exists(At("a")));
        Assert.Throws<IOException>(() => disk.Exists(At("a")));
        disk.Repair();
        Assert.False(disk.Exists(At("a")));
    }

    [Fact]
    public void Only_what_counts_is_counted()
    {
        disk.Counts = (operation, _) => operation == DiskOperation.Sync;
        disk.FailAt = 2;
        using IDiskFile file = disk.OpenAppend(At("a"));
        file.Write("x"u8, 0);
        file.Sync();
        Assert.Throws<IOException>(file.Sync);
    }
}
