using Tailer.Testing;

namespace Tailer.Disk.Tests;

/// <summary>Every operation fails once, with and without the power going at that moment, with many outcomes of what was not synced.</summary>
public sealed class AtomicFileTests
{
    private const int SeedsPerPoint = 25;
    private const string Target = "/d/file";

    private static readonly byte[] Old = [.. Enumerable.Range(0, 2000).Select(i => (byte)i)];
    private static readonly byte[] New = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * 7))];

    public static TheoryData<bool> WithAndWithoutOld => new(true, false);

    [Theory]
    [MemberData(nameof(WithAndWithoutOld))]
    public void After_a_failure_at_any_operation_the_old_or_the_new_content_is_there_whole(bool hasOld)
    {
        ForEveryOperation(hasOld, AtWrite, (memory, faulty, failed) =>
        {
            byte[]? content = memory.ReadAll(Target);
            Assert.True(Is(content, hasOld ? Old : null) || Is(content, New), Describe(faulty, content));
            if (!failed)
                Assert.True(Is(content, New), Describe(faulty, content));
        });
    }

    [Theory]
    [MemberData(nameof(WithAndWithoutOld))]
    public void After_a_power_loss_at_any_operation_the_old_or_the_new_content_is_there_whole(bool hasOld)
    {
        ForEveryPowerLoss(hasOld, AtWrite, (memory, faulty) =>
        {
            byte[]? content = memory.ReadAll(Target);
            Assert.True(Is(content, hasOld ? Old : null) || Is(content, New), Describe(faulty, content));
        });
    }

    [Theory]
    [MemberData(nameof(WithAndWithoutOld))]
    public void After_it_returned_the_new_content_survives_a_power_loss(bool hasOld)
    {
        for (int seed = -1; seed < SeedsPerPoint; seed++)
        {
            MemoryDisk memory = Prepare(hasOld);
            AtWrite(memory);
            memory.LosePower(seed < 0 ? null : seed);
            Assert.Equal(New, memory.ReadAll(Target));
        }
    }

    [Fact]
    public void A_failed_write_leaves_no_temporary_file_behind_when_the_disk_lets_it_be_deleted() =>
        ForEveryOperation(hasOld: true, AtWrite, (memory, faulty, _) =>
            Assert.True(memory.List("/d") is ["file"], string.Join('\n', faulty.Operations) + "\nleft: " + string.Join(' ', memory.List("/d"))));

    [Fact]
    public void A_created_file_is_whole_or_absent_after_a_failure_at_any_operation() =>
        ForEveryOperation(hasOld: false, AtCreate, (memory, faulty, failed) =>
        {
            byte[]? content = memory.ReadAll(Target);
            Assert.True(Is(content, null) || Is(content, New), Describe(faulty, content));
            if (!failed)
                Assert.True(Is(content, New), Describe(faulty, content));
            // The next try says that it is there, or makes it.
            Assert.Equal(content is null, AtomicFile.TryCreate(memory, Target, New));
        });

    [Fact]
    public void A_created_file_is_whole_or_absent_after_a_power_loss_at_any_operation() =>
        ForEveryPowerLoss(hasOld: false, AtCreate, (memory, faulty) =>
        {
            byte[]? content = memory.ReadAll(Target);
            Assert.True(Is(content, null) || Is(content, New), Describe(faulty, content));
        });

    [Fact]
    public void A_file_that_was_created_or_found_survives_a_power_loss()
    {
        MemoryDisk memory = Prepare(hasOld: false);
        Assert.True(AtomicFile.TryCreate(memory, Target, New));
        memory.LosePower();
        Assert.Equal(New, memory.ReadAll(Target));
    }

    [Fact]
    public void Who_finds_a_file_may_rely_on_it_even_if_its_creator_died_before_the_directory_was_synced()
    {
        MemoryDisk memory = Prepare(hasOld: false);
        var dying = new FaultyDisk(memory) { Counts = (o, _) => o == DiskOperation.SyncDirectory, FailAt = 1, StaysBroken = true };
        Assert.Throws<IOException>(() => AtomicFile.TryCreate(dying, Target, New));
        Assert.False(AtomicFile.TryCreate(memory, Target, New));
        memory.LosePower();
        Assert.Equal(New, memory.ReadAll(Target));
    }

    [Fact]
    public void An_existing_file_is_not_touched_by_a_creation()
    {
        MemoryDisk memory = Prepare(hasOld: true);
        Assert.False(AtomicFile.TryCreate(memory, Target, New));
        Assert.Equal(Old, memory.ReadAll(Target));
        Assert.Equal(["file"], memory.List("/d"));
    }

    private static void AtWrite(IDisk disk) => AtomicFile.Write(disk, Target, New);

    private static void AtCreate(IDisk disk) => AtomicFile.TryCreate(disk, Target, New);

    /// <summary>Lets each operation fail once, the others working.</summary>
    private static void ForEveryOperation(bool hasOld, Action<IDisk> act, Action<MemoryDisk, FaultyDisk, bool> check)
    {
        for (int at = 1; ; at++)
        {
            MemoryDisk memory = Prepare(hasOld);
            var faulty = new FaultyDisk(memory) { FailAt = at };
            bool failed = Record.Exception(() => act(faulty)) is not null;
            check(memory, faulty, failed);
            if (faulty.Count < at)
                return;
        }
    }

    /// <summary>Takes the power away at each operation; nothing works any more in that run.</summary>
    private static void ForEveryPowerLoss(bool hasOld, Action<IDisk> act, Action<MemoryDisk, FaultyDisk> check)
    {
        bool reached = true;
        for (int at = 1; reached; at++)
        {
            for (int seed = -1; seed < SeedsPerPoint; seed++)
            {
                MemoryDisk memory = Prepare(hasOld);
                int? outcome = seed < 0 ? null : seed;
                var faulty = new FaultyDisk(memory) { FailAt = at, StaysBroken = true };
                faulty.OnFailure = () =>
                {
                    memory.LosePower(outcome);
                    faulty.OnFailure = null;
                };
                Record.Exception(() => act(faulty));
                reached = faulty.OnFailure is null;
                check(memory, faulty);
            }
        }
    }

    private static MemoryDisk Prepare(bool hasOld)
    {
        var memory = new MemoryDisk();
        memory.CreateDirectory("/d");
        memory.SyncDirectory("/");
        if (!hasOld)
            return memory;
        using IDiskFile file = memory.OpenAppend(Target);
        file.Write(Old, 0);
        file.Sync();
        memory.SyncDirectory("/d");
        return memory;
    }

    private static bool Is(byte[]? content, byte[]? expected) =>
        content is null || expected is null ? content is null && expected is null : content.AsSpan().SequenceEqual(expected);

    private static string Describe(FaultyDisk faulty, byte[]? content) =>
        $"{string.Join('\n', faulty.Operations)}\ncontent: {(content is null ? "none" : $"{content.Length} bytes, neither old nor new")}";
}
