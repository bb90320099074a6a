using System.Globalization;
using System.Text;

namespace Tailer.Blocks.Tests.Golden;

/// <summary>
/// Codec 1's short form as it was first written. The file is our own writer's, unlike the others beside it: it is kept so that blocks that lie in archives
/// can be read for ever, whatever becomes of the writer and of later dictionaries.
/// </summary>
public sealed class ShortBlockGoldenTests
{
    [Fact]
    public void A_short_block_of_the_first_release_is_read()
    {
        byte[] golden = GoldenFile.Bytes("block-short.hex");
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, block.TryDecode(golden, sourceCount: 2));
        Assert.Equal(Lines(), EventRow.Of(block));
    }

    private static EventRow[] Lines()
    {
        var rows = new EventRow[10];
        ulong[] ends = [0, 1_000_000];
        for (int i = 0; i < rows.Length; i++)
        {
            ulong time = GoldenData.T0 + ((ulong)i * 137 * LogTime.PerMillisecond);
            string text = (i % 3) switch
            {
                0 => string.Create(CultureInfo.InvariantCulture, $"{LogTime.ToDateTimeOffset(time).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff}Z web-1 sshd[4242]: Accepted publickey for root from 10.0.0.{i} port {40000 + i} ssh2\n"),
                1 => string.Create(CultureInfo.InvariantCulture, $"GET /cart/{i} HTTP/1.1\" 502 {i * 311} connection reset\r\n"),
                _ => $"part {i} \u00fc",
            };
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            rows[i] = new EventRow(i % 2, ends[i % 2], bytes, time, i % 3 == 2 ? EventFlags.Partial : EventFlags.None, (Severity)(i % 5), i % 3 == 0 ? 4242u : 0, "web-1", i % 3 == 0 ? "sshd" : "");
            ends[i % 2] += (ulong)bytes.Length;
        }
        return rows;
    }
}
