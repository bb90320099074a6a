namespace Tailer.Blocks.Tests;

public sealed class ShortBytesTests
{
    private const int Slack = BlockEvents.TextSlackBytes;
    private const int Longest = 150;

    [Fact]
    public void Bytes_are_the_same_when_none_of_them_differs_whatever_is_behind_them()
    {
        for (int length = 0; length <= Longest; length++)
        {
            byte[] a = [.. Enumerable.Range(0, length + Slack).Select(i => (byte)i)], b = [.. a];
            a.AsSpan(length).Fill(1);
            b.AsSpan(length).Fill(2);
            Assert.True(ShortBytes.AreEqual(ref a[0], ref b[0], length));
            for (int at = 0; at < length; at++)
            {
                b[at] ^= 128;
                Assert.False(ShortBytes.AreEqual(ref a[0], ref b[0], length));
                b[at] ^= 128;
            }
        }
    }

    [Fact]
    public void All_bytes_are_copied()
    {
        for (int length = 0; length <= Longest; length++)
        {
            byte[] from = [.. Enumerable.Range(1, length + Slack).Select(i => (byte)i)], to = new byte[length + Slack];
            ShortBytes.Copy(ref to[0], ref from[0], length);
            Assert.Equal(from[..length], to[..length]);
        }
    }
}
