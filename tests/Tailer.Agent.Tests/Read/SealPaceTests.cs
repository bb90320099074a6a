namespace Tailer.Agent.Tests;

public sealed class SealPaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(5);

    [Fact]
    public void A_packet_is_due_after_its_delay()
    {
        var pace = new SealPace();
        Assert.Equal(Start + Delay, pace.Due(Start, Delay));
    }

    [Fact]
    public void However_many_lines_come_at_most_a_hundred_packets_a_second_are_sealed_and_a_few_more_at_first()
    {
        var pace = new SealPace();
        int packets = 0;
        DateTimeOffset opened = Start;
        while (pace.Due(opened, TimeSpan.Zero) is var due && due < Start + TimeSpan.FromSeconds(10))
        {
            packets++;
            pace.NoteSealed(due);
            opened = due;
        }
        Assert.InRange(packets, 1000, 1010);
    }

    [Fact]
    public void A_packet_that_was_late_does_not_make_the_next_ones_late_although_lines_come_as_fast_as_packets_may()
    {
        var pace = new SealPace();
        DateTimeOffset opened = Start;
        for (int i = 0; i < 100; i++, opened += TimeSpan.FromMilliseconds(10))
        {
            Assert.Equal(opened + Delay, pace.Due(opened, Delay));
            // The disk was slow once.
            pace.NoteSealed(i == 50 ? opened + TimeSpan.FromMilliseconds(9) : opened + Delay);
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_holds_nothing_up()
    {
        var pace = new SealPace();
        for (int i = 0; i < 20; i++)
            pace.NoteSealed(Start);
        DateTimeOffset back = Start - TimeSpan.FromHours(1);
        Assert.InRange(pace.Due(back, Delay), back + Delay, back + TimeSpan.FromMilliseconds(10));
    }
}
