namespace Tailer.Buck;

/// <summary>Labels as configuration, metrics and Graphite name them.</summary>
internal static class CounterLabelWords
{
    public static string Word(this CounterLabel label) => label switch
    {
        CounterLabel.Host => "host",
        CounterLabel.App => "app",
        CounterLabel.Level => "level",
        CounterLabel.Agent => "agent",
        _ => "path",
    };
}
