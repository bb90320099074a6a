using System.Text;

namespace Tailer.Blocks.Tests.Codec;

public sealed class LeadStreamTests
{
    private static readonly byte[] Pattern =
        [TimeFormat.Hour, (byte)':', TimeFormat.Minute, (byte)':', TimeFormat.Second, (byte)'.', TimeFormat.Fraction + 6, (byte)'Z'];

    /// <summary>The fraction is before, across and behind the first 64 bytes of the lead, which are compared at once.</summary>
    [Fact]
    public void A_lead_is_found_and_one_with_any_byte_changed_is_not()
    {
        for (int before = 0; before < 90; before++)
        {
            byte[] start = [.. Enumerable.Repeat((byte)'b', before)], end = [.. Enumerable.Repeat((byte)'e', (before * 7) % 40)];
            var stream = new LeadStream(0, 0, new TimeFormat(Pattern, 3600), [], start, end);
            foreach ((ulong time, string written) in ((ulong, string)[])[(12_345_600, "01:00:00.123456Z"), (12_345_700, "01:00:00.123457Z"), (100_000_000, "01:00:01.000000Z")])
            {
                byte[] lead = [.. start, .. Encoding.ASCII.GetBytes(written), .. end];
                byte[] text = [.. lead, .. " tail"u8, .. new byte[BlockEvents.TextSlackBytes]];
                Assert.True(stream.TryMatch(text.AsSpan(0, lead.Length + 5), time, out int bytes));
                Assert.Equal(lead.Length, bytes);
                Assert.False(stream.TryMatch(text.AsSpan(0, lead.Length - 1), time, out _));
                for (int i = 0; i < lead.Length; i++)
                {
                    text[i] ^= 1;
                    Assert.False(stream.TryMatch(text.AsSpan(0, lead.Length + 5), time, out _), $"byte {i} of {lead.Length}");
                    text[i] ^= 1;
                }
            }
        }
    }

    [Fact]
    public void A_time_that_no_calendar_has_is_not_found()
    {
        var stream = new LeadStream(0, 0, new TimeFormat(Pattern, -3600), [], [], []);
        Assert.False(stream.TryMatch(new byte[100], 0, out _));
    }
}
