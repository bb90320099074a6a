using Tailer.Testing;

namespace Tailer.Disk.Tests.Fixtures;

public sealed class WaitTests
{
    [Fact]
    public async Task A_condition_that_comes_true_ends_the_wait()
    {
        int asked = 0;
        await Wait.For(() => ++asked == 3, "asked three times");
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_condition_that_stays_false_fails_with_its_reason()
    {
        TimeoutException e = await Assert.ThrowsAsync<TimeoutException>(() => Wait.For(() => false, "pigs fly", TimeSpan.FromMilliseconds(5)));
        Assert.Contains("pigs fly", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_never_ends_fails_with_its_reason()
    {
        TimeoutException e = await Assert.ThrowsAsync<TimeoutException>(() => Wait.ForEnd(new TaskCompletionSource().Task, "it ends", TimeSpan.FromMilliseconds(5)));
        Assert.Contains("it ends", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_task_throws_comes_out_of_the_wait() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.ForEnd(Task.FromException(new InvalidOperationException()), "it ends"));
}
