namespace Tailer.Blocks.Tests.Codec;

/// <summary>Codec 2 whatever is smaller, so that no test of it tests codec 1 unseen.</summary>
internal static class CodecTwo
{
    public static byte[] Encode(EventRow[] rows, int level)
    {
        using var encoder = new TemplateBlockEncoder();
        return Encode(encoder, rows, level);
    }

    public static byte[] Encode(TemplateBlockEncoder encoder, EventRow[] rows, int level)
    {
        using var events = new BlockEvents();
        foreach (EventRow row in rows)
            row.AddTo(events);
        using var w = new ByteWriter();
        Assert.True(encoder.TryEncode(events, w, level));
        Assert.Equal(2, w.Written[0]);
        return w.Written.ToArray();
    }
}
