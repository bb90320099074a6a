using Tailer.Cli.Up;

namespace Tailer.Cli.Tests.Up;

public sealed class RestartPolicyTests
{
    [Fact]
    public void Pauses_grow_up_to_a_limit_while_it_keeps_failing()
    {
        var policy = new RestartPolicy();
        double[] pauses = [.. Enumerable.Range(0, 9).Select(_ => policy.AfterRunOf(TimeSpan.FromSeconds(1)).TotalSeconds)];
        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 15, 15, 15], pauses);
    }

    [Fact]
    public void A_good_run_makes_the_next_pause_short_again()
    {
        var policy = new RestartPolicy();
        for (int i = 0; i < 5; i++)
            policy.AfterRunOf(TimeSpan.Zero);
        Assert.Equal(0.25, policy.AfterRunOf(TimeSpan.FromMinutes(1)).TotalSeconds);
    }

    [Theory]
    [InlineData(78, true)]
    [InlineData(64, true)]
    [InlineData(69, false)]
    [InlineData(137, false)]
    [InlineData(0, false)]
    public void Only_what_a_new_start_cannot_change_is_final(int exitCode, bool final) => Assert.Equal(final, RestartPolicy.IsFinal(exitCode));
}
