namespace Tailer.Stores.Tests;

internal static class Answers
{
    public static async Task<List<FoundEvent>> All(IAsyncEnumerable<FoundEvent> answer)
    {
        var events = new List<FoundEvent>();
        await foreach (FoundEvent e in answer)
            events.Add(e);
        return events;
    }

    /// <summary>Same events with the same fields, in the same order.</summary>
    public static void AssertSame(IReadOnlyList<FoundEvent> expected, IReadOnlyList<FoundEvent> actual, string about)
    {
        Assert.True(expected.Count == actual.Count, $"{about}: {actual.Count} events instead of {expected.Count}");
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(expected[i].IsSameAs(actual[i]), $"{about}: event {i} is at {actual[i].Offset} of {actual[i].Source}, not at {expected[i].Offset} of {expected[i].Source}");
            Assert.Equal(expected[i] with { Bytes = Array.Empty<byte>() }, actual[i] with { Bytes = Array.Empty<byte>() });
        }
    }
}
