namespace Tailer.Buck;

/// <summary>Values of a counter's labels, in their order; empty where there are fewer.</summary>
internal readonly record struct SeriesKey(string A, string B, string C, string D, string E)
{
    public static SeriesKey Of(IReadOnlyList<string> values) => new(At(values, 0), At(values, 1), At(values, 2), At(values, 3), At(values, 4));

    public string this[int i] => i switch { 0 => A, 1 => B, 2 => C, 3 => D, _ => E };

    public IReadOnlyList<string> First(int count)
    {
        string[] all = [A, B, C, D, E];
        return all[..count];
    }

    private static string At(IReadOnlyList<string> values, int i) => i < values.Count ? values[i] : "";
}
